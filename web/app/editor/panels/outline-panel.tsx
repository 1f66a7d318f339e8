import { IconNote } from '@tabler/icons-react'
import { useMemo, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from '../../kit/cx.js'
import type { PortRef } from '../../canvas/doc/types.js'
import type { Selection } from '../../canvas/doc/history.js'
import type { Doc } from '../../canvas/doc/types.js'
import { hueOf, NOTE_HUE, TILE_ICONS } from '../../canvas/view/icons.js'
import { essence, typeWords } from '../../canvas/words/essence.js'
import { noteWords } from '../../canvas/words/note.js'
import { portWords } from '../../canvas/words/ports.js'
import type { Say } from '../../canvas/words/say.js'
import { inReadingOrder } from '../navigate.js'
import { outlineOf, type Line, type OpenLine } from '../outline.js'

export interface OutlinePanelProps {
  doc: Doc
  say: Say
  selection: Selection
  /** To a tile or a note. */
  onGo(id: string): void
  /** Add a tile at an open port; nothing where the canvas is read only. */
  onAdd?: ((from: PortRef, anchor: DOMRect) => void) | undefined
}

/** The orchestration as a tree that can be read and walked without seeing the canvas; below it, the notes. */
export function OutlinePanel({ doc, say, selection, onGo, onAdd }: OutlinePanelProps) {
  const { t } = useTranslation()
  const lines = useMemo(() => outlineOf(doc), [doc])
  const notes = useMemo(() => inReadingOrder(doc.notes), [doc.notes])
  const ids = [...lines.map((line) => (line.open ? '' : line.tile.id)), ...notes.map(({ id }) => id)]
  const current = Math.max(0, ids.findIndex((id) => selection.has(id))) // prettier-ignore
  const item = (index: number, level = 1) => ({
    role: 'treeitem',
    'aria-level': level,
    'aria-selected': selection.has(ids[index]!),
    tabIndex: index === current ? 0 : -1,
    className: cx(
      'flex min-h-8 cursor-pointer items-center gap-2 rounded-input px-2 py-1 text-table hover:bg-hover',
      selection.has(ids[index]!) && 'bg-accent-soft',
    ),
    style: { paddingLeft: 8 + (level - 1) * 16 },
  })
  return (
    <ul role="tree" aria-label={t('editor:outline.title')} onKeyDown={walk} className="flex flex-col p-1">
      {lines.map((line, index) => (
        <li key={index} {...item(index, line.level)} onClick={(event) => act(line, event.currentTarget, onGo, onAdd)}>
          <Told line={line} say={say} adds={onAdd !== undefined} />
        </li>
      ))}
      {notes.map((note, index) => (
        <li key={note.id} {...item(lines.length + index)} onClick={() => onGo(note.id)}>
          <IconNote size={16} className="shrink-0" style={{ color: NOTE_HUE }} aria-hidden />
          <span className="min-w-0 flex-1 break-words">
            <span className="text-muted">{t('canvas:note.label')}: </span>
            {noteWords(note, say)}
          </span>
        </li>
      ))}
    </ul>
  )
}

function act(line: Line | OpenLine, element: HTMLElement, onGo: OutlinePanelProps['onGo'], onAdd: OutlinePanelProps['onAdd']): void {
  if (line.open) onAdd?.({ tileId: line.tile.id, port: line.port }, element.getBoundingClientRect())
  else onGo(line.tile.id)
}

/** Arrows walk the lines, Enter chooses, Home and End go to the ends. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
  if (to !== undefined) items[to]?.focus()
  else if (event.key === 'Enter' || event.key === ' ') items[at]?.click()
  else return
  event.preventDefault()
  event.stopPropagation()
}

function Told({ line, say, adds }: { line: Line | OpenLine; say: Say; adds: boolean }) {
  const { t } = useTranslation()
  const { tile, port } = line
  if (line.open) {
    const words = portWords(tile, line.port, say) || t('canvas:port.next')
    return <span className="text-muted">{t(adds ? 'editor:outline.open' : 'editor:outline.openStill', { port: words })}</span>
  }
  const Glyph = TILE_ICONS[tile.type]
  const way = line.from && port !== undefined ? portWords(line.from, port, say) : ''
  return (
    <>
      <Glyph size={16} className="shrink-0" style={{ color: hueOf(tile.type) }} aria-hidden />
      <span className="min-w-0 flex-1 break-words">
        {way !== '' && <span className="text-muted">{way} → </span>}
        <span className="font-medium">{tile.name || typeWords(tile.type, say)}</span>{' '}
        <span className="text-muted">{line.again ? t('editor:outline.again') : essence(tile, say)}</span>
      </span>
    </>
  )
}
