import { NodeResizeControl, type NodeProps } from '@xyflow/react'
import { memo, useContext, useEffect, useRef, useState } from 'react'
import { MAX_NOTE, NOTE_HEIGHT, NOTE_WIDTH } from '../../../../model/notes.js'
import { cx } from '../../kit/cx.js'
import type { Size } from '../doc/geometry.js'
import type { Note } from '../doc/types.js'
import { FarContext, useCanvas, useCanvasUi } from './context.js'
import type { NoteNode } from './nodes.js'
import { useFocus } from './use-focus.js'

/** A note for people. It is dragged by all of it and sized by its corner; a double click or Enter goes into its text, Escape out of it. */
export const NoteNodeView = memo(function NoteNodeView({ data: { note }, selected }: NodeProps<NoteNode>) {
  const { actions } = useCanvas()
  const far = useContext(FarContext)
  const writing = useCanvasUi((ui) => ui.writing === note.id) && actions !== undefined
  // While it is sized; the document has it when it is let go.
  const [size, setSize] = useState<Size>()
  return (
    <div className={cx('relative flex h-full rounded-card border border-amber/50 bg-amber-soft', selected && 'tw-selected')} style={size}>
      {writing ? <Written note={note} /> : actions ? <Held note={note} selected={selected} /> : <Read note={note} />}
      {actions && !far && (
        <NodeResizeControl
          position="bottom-right"
          minWidth={NOTE_WIDTH.least}
          maxWidth={NOTE_WIDTH.most}
          minHeight={NOTE_HEIGHT.least}
          maxHeight={NOTE_HEIGHT.most}
          className="tw-resize"
          onResize={(_, { width, height }) => setSize({ width, height })}
          onResizeEnd={(_, { width, height }) => {
            setSize(undefined)
            actions.onResizeNote(note.id, { width, height })
          }}
        />
      )}
    </div>
  )
})

const TEXT = 'tw-note min-h-0 flex-1 px-3 py-2 text-table'
const SHOWN = `${TEXT} overflow-hidden break-words whitespace-pre-wrap`
/** What does not fit is scrolled to, not the canvas. */
const SCROLLED = 'nowheel overflow-y-auto'

/** As a thing on the canvas: selected, moved, deleted by keys like a tile. */
function Held({ note, selected }: { note: Note; selected: boolean }) {
  const { say, ui } = useCanvas()
  const stop = useCanvasUi(({ noteStop }) => noteStop === note.id)
  return (
    <div
      ref={useFocus(note.id)}
      role="button"
      tabIndex={stop || selected ? 0 : -1}
      aria-pressed={selected}
      data-note-button={note.id}
      onDoubleClick={() => ui.setState({ writing: note.id })}
      className={cx(SHOWN, 'tw-body rounded-card', selected && SCROLLED)}
    >
      <span className="sr-only">{say.t('canvas:note.label')}: </span>
      <Words note={note} />
    </div>
  )
}

/** To be read only. */
function Read({ note }: { note: Note }) {
  const { say } = useCanvas()
  return (
    <div role="note" tabIndex={0} aria-label={say.t('canvas:note.label')} className={cx(SHOWN, SCROLLED)}>
      <Words note={note} />
    </div>
  )
}

function Words({ note: { text } }: { note: Note }) {
  const { say } = useCanvas()
  return text === '' ? <span className="text-muted">{say.t('canvas:note.blank')}</span> : text
}

/** Its text, with the caret at the end. Keys are the text's own here. */
function Written({ note }: { note: Note }) {
  const { say, actions, ui } = useCanvas()
  const ref = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const area = ref.current!
    area.focus({ preventScroll: true })
    area.setSelectionRange(area.value.length, area.value.length)
  }, [])
  return (
    <textarea
      ref={ref}
      aria-label={say.t('canvas:note.text')}
      value={note.text}
      maxLength={MAX_NOTE}
      placeholder={say.t('canvas:note.empty')}
      onChange={(event) => actions?.onWriteNote(note.id, event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        ui.setState({ writing: undefined, focusing: note.id })
      }}
      // Whoever looks into another window for a moment goes on writing.
      onBlur={({ currentTarget }) => document.activeElement !== currentTarget && ui.setState({ writing: undefined })}
      className={cx(TEXT, SCROLLED, 'nodrag nopan resize-none bg-transparent outline-none placeholder:text-muted')}
    />
  )
}
