import { IconCopyPlus, IconTrash, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Selection } from '../../canvas/doc/history.js'
import { tileOf } from '../../canvas/doc/lookup.js'
import { noteOf } from '../../canvas/doc/notes.js'
import { Button, IconButton } from '../../kit/button.js'
import type { Problems } from '../problems/use-problems.js'
import { NotePanel } from './note-panel.js'
import { SettingsPanel } from './settings-panel.js'
import { TilePanel, type TilePanelProps } from './tile-panel.js'

export interface RightPanelProps extends Omit<TilePanelProps, 'tile' | 'problems'> {
  selection: Selection
  problems: Problems
  shows: 'tile' | 'settings'
}

/** The selected tile or note, what can be done to several, or the orchestration as a whole. */
export function RightPanel({ selection, problems, shows, ...props }: RightPanelProps) {
  const { doc, readOnly, onClose, commands } = props
  const [id] = selection
  const tile = selection.size === 1 ? tileOf(doc, id!) : undefined
  const note = selection.size === 1 ? noteOf(doc, id!) : undefined
  if (shows === 'settings')
    return (
      <Shell>
        <SettingsPanel {...{ doc, readOnly, onClose }} problems={[...problems.errors, ...problems.warnings]} focus={props.focus} />
      </Shell>
    )
  if (tile) {
    const own = [...problems.errors, ...problems.warnings].filter(({ tileId }) => tileId === tile.id)
    return (
      <Shell>
        <TilePanel key={tile.id} {...props} tile={tile} problems={own} />
      </Shell>
    )
  }
  if (note)
    return (
      <Shell>
        <NotePanel key={note.id} {...{ note, readOnly, commands, onClose }} />
      </Shell>
    )
  return selection.size > 1 ? <Many count={selection.size} {...{ readOnly, onClose, commands }} /> : null
}

function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <aside
      aria-label={t('editor:right')}
      className="flex w-[380px] shrink-0 flex-col border-l border-line bg-surface max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-10 max-lg:shadow-float max-sm:inset-x-0 max-sm:top-auto max-sm:max-h-[60%] max-sm:w-full max-sm:border-t max-sm:border-l-0"
    >
      {children}
    </aside>
  )
}

function Many({ count, readOnly, onClose, commands }: { count: number } & Pick<RightPanelProps, 'readOnly' | 'onClose' | 'commands'>) {
  const { t } = useTranslation()
  return (
    <Shell>
      <header className="flex items-center gap-2 border-b border-line px-4 py-2.5">
        <h2 className="min-w-0 flex-1 truncate text-body font-semibold">{t('editor:panel.many', { count })}</h2>
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      {!readOnly && (
        <div className="flex flex-wrap gap-2 p-4">
          <Button icon={IconCopyPlus} onClick={() => commands.duplicate()}>
            {t('editor:command.duplicate')}
          </Button>
          <Button icon={IconTrash} onClick={() => commands.remove()}>
            {t('editor:command.remove')}
          </Button>
        </div>
      )}
    </Shell>
  )
}
