import { IconCopyPlus, IconNote, IconTrash, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_NOTE, NOTE_HEIGHT, NOTE_WIDTH } from '../../../../model/notes.js'
import type { Size } from '../../canvas/doc/geometry.js'
import { resizeNote, writeNote } from '../../canvas/doc/notes.js'
import type { Note } from '../../canvas/doc/types.js'
import { NOTE_HUE } from '../../canvas/view/icons.js'
import { IconButton } from '../../kit/button.js'
import { Field } from '../../kit/field.js'
import { NumberInput } from '../../kit/number-input.js'
import { TextArea } from '../../kit/text-input.js'
import type { Commands } from '../commands.js'
import { useEditorStore } from '../store.js'

export interface NotePanelProps {
  note: Note
  readOnly: boolean
  commands: Commands
  onClose(): void
}

/** The selected note: its text in full, and its size without dragging. */
export function NotePanel({ note, readOnly, commands, onClose }: NotePanelProps) {
  const { t } = useTranslation()
  const store = useEditorStore()
  const resize = (size: Partial<Size>): void => void store.getState().run((doc) => resizeNote(doc, note.id, { ...note, ...size }))
  return (
    <>
      <header className="flex items-center gap-2 border-b border-line px-4 py-2.5">
        <IconNote size={20} style={{ color: NOTE_HUE }} aria-hidden />
        <h2 className="min-w-0 flex-1 truncate text-body font-semibold">{t('canvas:note.label')}</h2>
        {!readOnly && <IconButton label={t('editor:command.duplicate')} icon={IconCopyPlus} onClick={() => commands.duplicate()} />}
        {!readOnly && <IconButton label={t('editor:command.remove')} icon={IconTrash} onClick={() => commands.remove()} />}
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4" onBlur={() => store.getState().seal()}>
        <p className="text-table text-muted">{t('editor:note.about')}</p>
        <Field label={t('canvas:note.text')}>
          <TextArea
            rows={8}
            maxLength={MAX_NOTE}
            value={note.text}
            readOnly={readOnly}
            onChange={(text) => store.getState().run((doc) => writeNote(doc, note.id, text), `note:${note.id}`)}
            data-first-field
          />
        </Field>
        {!readOnly && (
          <div className="grid grid-cols-2 gap-3">
            <SizeField label={t('editor:note.width')} value={note.width} {...NOTE_WIDTH} onResize={(width) => resize({ width })} />
            <SizeField label={t('editor:note.height')} value={note.height} {...NOTE_HEIGHT} onResize={(height) => resize({ height })} />
          </div>
        )}
      </div>
    </>
  )
}

interface SizeFieldProps {
  label: string
  value: number
  least: number
  most: number
  onResize(value: number): void
}

/** A length that is taken when the field is left, or at Enter: half a number would make the note small. */
function SizeField({ label, value, least, most, onResize }: SizeFieldProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<{ is: number | undefined }>()
  const take = (): void => {
    if (typed?.is !== undefined) onResize(typed.is)
    setTyped(undefined)
  }
  return (
    <Field label={label} hint={t('editor:note.range', { least, most })}>
      <NumberInput
        value={typed ? typed.is : value}
        onChange={(is) => setTyped({ is })}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
    </Field>
  )
}
