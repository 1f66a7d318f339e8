import { IconGripHorizontal } from '@tabler/icons-react'
import { NodeResizeControl, type NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { MAX_NOTE } from '../doc/notes.js'
import { cx } from '../../kit/cx.js'
import { useCanvas } from './context.js'
import type { NoteNode } from './nodes.js'

/** A note for people. Its grip moves it, its corner sizes it. */
export const NoteNodeView = memo(function NoteNodeView({ data: { note }, selected }: NodeProps<NoteNode>) {
  const { say, actions } = useCanvas()
  return (
    <div className={cx('flex h-full flex-col rounded-card border border-amber/40 bg-amber-soft', selected && 'tw-selected')}>
      <div className="note-grip flex h-6 shrink-0 cursor-grab items-center justify-center text-amber" title={say.t('canvas:note.move')}>
        <IconGripHorizontal size={16} aria-hidden />
      </div>
      <textarea
        aria-label={say.t('canvas:note.label')}
        value={note.text}
        readOnly={!actions}
        maxLength={MAX_NOTE}
        placeholder={say.t('canvas:note.empty')}
        onChange={(event) => actions?.onWriteNote(note.id, event.target.value)}
        className="nodrag nopan nowheel min-h-0 flex-1 resize-none bg-transparent px-3 pb-2 text-table outline-none"
      />
      {actions && (
        <NodeResizeControl
          position="bottom-right"
          minWidth={128}
          minHeight={64}
          className="tw-resize"
          onResizeEnd={(_, { width, height }) => actions.onResizeNote(note.id, { width, height })}
        />
      )}
    </div>
  )
})
