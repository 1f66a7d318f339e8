import { useReactFlow } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, type Dispatch, type SetStateAction } from 'react'
import type { StoreApi } from 'zustand'
import { disconnect } from '../canvas/doc/connect.js'
import { GRID } from '../canvas/doc/geometry.js'
import type { Point } from '../canvas/doc/types.js'
import type { CanvasUi } from '../canvas/view/context.js'
import type { Asking } from './choosers.js'
import { quick, type Commands } from './commands.js'
import { neighbour, nextNote, type Direction } from './navigate.js'
import { commandOf, isElsewhere, type Command } from './shortcuts.js'
import { useEditorStore } from './store.js'

/** What is open around the canvas. */
export interface Opening {
  left: 'add' | 'outline'
  right: 'tile' | 'settings'
  /** Below the canvas. */
  drawer?: 'problems' | 'test' | undefined
  dialog?: 'keys' | 'activate'
}

export interface KeysOptions {
  commands: Commands
  ui: StoreApi<CanvasUi>
  readOnly: boolean
  setAsking(asking: Asking): void
  setOpen: Dispatch<SetStateAction<Opening>>
  /** Goes to the first field of the selected tile's form. */
  openForm(): void
  /** Goes so many steps on in the test run that is shown. */
  onStep(by: 1 | -1): void
}

const NUDGES: Partial<Record<Command, Point>> = {
  moveUp: { x: 0, y: -GRID },
  moveDown: { x: 0, y: GRID },
  moveLeft: { x: -GRID, y: 0 },
  moveRight: { x: GRID, y: 0 },
}
/** What can be done to what is only looked at. */
const LOOKING: ReadonlySet<Command> = new Set<Command>(['find', 'selectAll', 'deselect', 'fit', 'zoomIn', 'zoomOut', 'outline', 'problems', 'keys', 'test', 'stepBack', 'stepForth', 'open', 'up', 'down', 'left', 'right']) // prettier-ignore

/** What is done to the note that has the focus, as it is to the one that is selected. */
const ON_NOTE: ReadonlySet<Command> = new Set<Command>(['open', 'remove', 'duplicate', 'up', 'down', 'left', 'right', 'moveUp', 'moveDown', 'moveLeft', 'moveRight']) // prettier-ignore

/** Lets keys do what they do. @returns the same for buttons and menus */
export function useKeys(options: KeysOptions): (command: Command) => void {
  const run = useRun(options)
  const { commands, readOnly, setAsking } = options
  const store = useEditorStore()
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isElsewhere(event.target)) return
      const edge = (event.target as Element).closest('.react-flow__edge')?.getAttribute('data-id')
      const command = commandOf(event)
      if (command === undefined || command === 'menu') return
      if (edge && !readOnly && (command === 'open' || command === 'add' || command === 'remove')) {
        event.preventDefault()
        if (command === 'remove') store.getState().run((doc) => disconnect(doc, [edge]))
        else setAsking({ kind: 'add', place: { edge }, anchor: (event.target as Element).getBoundingClientRect() })
        return
      }
      const note = (event.target as Element).closest('[data-note-button]')?.getAttribute('data-note-button')
      const { select, history } = store.getState()
      if (note && ON_NOTE.has(command) && !history.present.selection.has(note)) select(new Set([note]))
      const onButton = (event.target as Element).closest('button, a, [role=button]:not([data-tile-button], [data-note-button])') !== null
      if (command === 'open' && onButton) return
      event.preventDefault()
      run(command)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [run, readOnly, store, setAsking])
  useClipboard(commands, readOnly)
  return run
}

function useRun(options: KeysOptions): (command: Command) => void {
  const store = useEditorStore()
  const flow = useReactFlow()
  const latest = useRef(options)
  latest.current = options
  const handlers = useMemo<Partial<Record<Command, () => void>>>(() => {
    const now = (): KeysOptions => latest.current
    /** The note that all is about, if it is one. */
    const chosenNote = (): string | undefined => {
      const { tiles, notes } = now().commands.chosen
      return tiles.length === 0 && notes.length === 1 ? notes[0] : undefined
    }
    const arrow = (direction: Direction) => (): void => {
      const { ui, commands } = now()
      const note = chosenNote()
      if (note !== undefined) return commands.go(nextNote(commands.doc, note, direction) ?? note)
      const from = ui.getState().stop
      const to = from === undefined ? commands.doc.tiles[0]?.id : neighbour(commands.doc, from, direction)
      if (to !== undefined) commands.go(to)
    }
    const toggle = (drawer: 'problems' | 'test') => (): void =>
      now().setOpen((open) => ({ ...open, drawer: open.drawer === drawer ? undefined : drawer }))
    return {
      add: () => {
        const port = now().commands.nextPort()
        now().setAsking({ kind: 'add', place: port && !now().commands.isTaken(port) ? { port } : 'anywhere', anchor: anchorOf(now()) })
      },
      connect: () => {
        const from = now().commands.nextPort()
        if (from) now().setAsking({ kind: 'connect', from, anchor: anchorOf(now()) })
      },
      note: () => now().commands.addNote(),
      open: () => {
        const { ui, commands, openForm, readOnly } = now()
        const note = chosenNote()
        if (note !== undefined) return readOnly ? openForm() : commands.write(note)
        const id = ui.getState().stop
        if (id !== undefined && !store.getState().history.present.selection.has(id)) commands.go(id)
        openForm()
      },
      find: () => now().setAsking({ kind: 'find' }),
      remove: () => now().commands.remove(),
      duplicate: () => now().commands.duplicate(),
      layOut: () => void now().commands.layOut(),
      undo: () => store.getState().undo(),
      redo: () => store.getState().redo(),
      selectAll: () => now().commands.selectAll(),
      deselect: () => store.getState().select(new Set()),
      copy: () => void document.execCommand('copy'),
      cut: () => void document.execCommand('cut'),
      paste: () => void navigator.clipboard.readText().then((text) => now().commands.paste(text)),
      up: arrow('up'),
      down: arrow('down'),
      left: arrow('left'),
      right: arrow('right'),
      fit: () => void flow.fitView({ padding: 0.2, maxZoom: 1, minZoom: 0.1, duration: quick() }),
      zoomIn: () => void flow.zoomIn({ duration: quick() }),
      zoomOut: () => void flow.zoomOut({ duration: quick() }),
      outline: () => now().setOpen((open) => ({ ...open, left: open.left === 'outline' ? 'add' : 'outline' })),
      problems: toggle('problems'),
      test: toggle('test'),
      stepBack: () => now().onStep(-1),
      stepForth: () => now().onStep(1),
      keys: () => now().setOpen((open) => ({ ...open, dialog: 'keys' })),
    }
  }, [store, flow])
  return useCallback(
    (command) => {
      const { readOnly, commands } = latest.current
      if (readOnly && !LOOKING.has(command)) return
      const nudge = NUDGES[command]
      if (nudge) commands.nudge(nudge)
      else handlers[command]?.()
    },
    [handlers],
  )
}

/** Beside the tile that has the focus. */
function anchorOf({ ui }: KeysOptions): DOMRect | undefined {
  const id = ui.getState().stop
  return id === undefined ? undefined : document.querySelector(`[data-tile-button="${CSS.escape(id)}"]`)?.getBoundingClientRect()
}

/** The browser's own events of the clipboard, so that other applications and other orchestrations see the same. */
function useClipboard(commands: Commands, readOnly: boolean): void {
  useEffect(() => {
    const isText = (event: Event): boolean => isElsewhere(event.target) || (window.getSelection()?.toString() ?? '') !== ''
    const copy = (event: ClipboardEvent): void => {
      const text = isText(event) ? undefined : commands.copied()
      if (text === undefined) return
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      if (event.type === 'cut' && !readOnly) commands.remove()
    }
    const paste = (event: ClipboardEvent): void => {
      if (readOnly || isElsewhere(event.target)) return
      if (commands.paste(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault()
    }
    document.addEventListener('copy', copy)
    document.addEventListener('cut', copy)
    document.addEventListener('paste', paste)
    return () => {
      document.removeEventListener('copy', copy)
      document.removeEventListener('cut', copy)
      document.removeEventListener('paste', paste)
    }
  }, [commands, readOnly])
}
