import { useState, type FocusEvent, type MouseEvent, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoreApi } from 'zustand'
import { noteOf } from '../canvas/doc/notes.js'
import type { Point } from '../canvas/doc/types.js'
import type { CanvasUi } from '../canvas/view/context.js'
import { ContextMenu, type MenuItem } from '../kit/menu.js'
import type { Place } from './commands.js'
import { shown, type Command } from './shortcuts.js'
import { useEditorStore } from './store.js'

export interface CanvasMenuProps {
  ui: StoreApi<CanvasUi>
  readOnly: boolean
  onCommand(command: Command): void
  openForm(): void
  onAdd(place: Place, anchor: DOMRect): void
  /** Adds a note beneath a point of the window. */
  onAddNote(screen: Point): void
  /** Goes into the text of a note. */
  onWrite(noteId: string): void
  children: ReactElement
}

/** The menu of a right click on a tile, an edge or the canvas. All of it is elsewhere too. */
export function CanvasMenu({ ui, readOnly, onCommand, openForm, onAdd, onAddNote, onWrite, children }: CanvasMenuProps) {
  const { t } = useTranslation()
  const store = useEditorStore()
  const [items, setItems] = useState<readonly MenuItem[]>([])
  const item = (command: Command, keys?: string, danger = false): MenuItem => ({
    label: t(`editor:command.${command}`),
    onSelect: () => onCommand(command),
    danger,
    ...(keys !== undefined && { shortcut: shown(keys) }),
  })
  const onTile = (): MenuItem[] => [
    { label: t('editor:command.form'), onSelect: openForm, shortcut: shown('Enter') },
    ...(readOnly
      ? [item('copy', 'mod+c')]
      : [item('add', 'a'), item('connect', 'c'), 'line' as const, item('copy', 'mod+c'), item('cut', 'mod+x'), item('duplicate', 'mod+d'), 'line' as const, item('remove', 'Delete', true)]), // prettier-ignore
  ]
  const onNote = (id: string): MenuItem[] =>
    readOnly
      ? [item('copy', 'mod+c')]
      : [
          { label: t('editor:command.write'), onSelect: () => onWrite(id), shortcut: shown('Enter') },
          'line' as const,
          ...[item('copy', 'mod+c'), item('cut', 'mod+x'), item('duplicate', 'mod+d')],
          'line' as const,
          item('remove', 'Delete', true),
        ]
  const onPlane = (anchor: DOMRect): MenuItem[] => [
    ...(readOnly ? [] : [{ label: t('editor:add'), onSelect: () => onAdd('anywhere', anchor), shortcut: 'A' }, { label: t('editor:command.note'), onSelect: () => onAddNote(anchor), shortcut: shown('shift+n') }, item('paste', 'mod+v'), item('layOut', 'l'), 'line' as const]), // prettier-ignore
    item('selectAll', 'mod+a'),
    item('fit', '1'),
  ]
  const prepare = (event: MouseEvent): void => {
    const target = event.target as Element
    const node = target.closest('.react-flow__node')?.getAttribute('data-id')
    const edge = target.closest('.react-flow__edge')?.getAttribute('data-id')
    const id = node ?? edge
    if (id && !store.getState().history.present.selection.has(id)) store.getState().select(new Set([id]))
    const anchor = new DOMRect(event.clientX, event.clientY, 0, 0)
    if (node) setItems(noteOf(store.getState().history.present.doc, node) ? onNote(node) : onTile())
    else if (edge)
      setItems(readOnly ? [] : [{ label: t('editor:add'), onSelect: () => onAdd({ edge }, anchor) }, item('remove', 'Delete', true)])
    else setItems(onPlane(anchor))
  }
  const onFocus = (event: FocusEvent): void => {
    const { tileButton, noteButton } = (event.target as HTMLElement).dataset
    if (tileButton !== undefined) ui.setState({ stop: tileButton })
    if (noteButton !== undefined) ui.setState({ noteStop: noteButton })
  }
  return (
    <ContextMenu items={items}>
      <div className="flex min-h-0 flex-1 flex-col" onContextMenuCapture={prepare} onFocusCapture={onFocus}>
        {children}
      </div>
    </ContextMenu>
  )
}
