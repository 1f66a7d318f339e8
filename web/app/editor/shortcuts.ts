/** What a key does. */
export type Command =
  | 'add' | 'connect' | 'find' | 'remove' | 'duplicate' | 'copy' | 'cut' | 'paste' | 'undo' | 'redo' | 'selectAll' | 'deselect' | 'layOut'
  | 'fit' | 'zoomIn' | 'zoomOut' | 'outline' | 'problems' | 'keys' | 'open' | 'up' | 'down' | 'left' | 'right' | 'moveUp' | 'moveDown' | 'moveLeft'
  | 'moveRight' | 'menu' | 'note' | 'test' | 'stepBack' | 'stepForth' // prettier-ignore

export interface Shortcut {
  command: Command
  group: 'build' | 'edit' | 'walk' | 'see' | 'test'
  /** `mod` is ⌘ on a Mac, else Ctrl. A letter stands for its key, whatever the case. */
  keys: readonly string[]
}

const shortcut = (group: Shortcut['group'], command: Command, ...keys: string[]): Shortcut => ({ command, group, keys })

/** Every key of the editor. Copying, cutting and pasting are the browser's own events. */
export const SHORTCUTS: readonly Shortcut[] = [
  shortcut('build', 'add', 'a', '+'),
  shortcut('build', 'note', 'shift+n'),
  shortcut('build', 'connect', 'c'),
  shortcut('build', 'open', 'Enter'),
  shortcut('build', 'remove', 'Delete', 'Backspace'),
  shortcut('build', 'layOut', 'l'),
  shortcut('edit', 'undo', 'mod+z'),
  shortcut('edit', 'redo', 'mod+shift+z', 'mod+y'),
  shortcut('edit', 'copy', 'mod+c'),
  shortcut('edit', 'cut', 'mod+x'),
  shortcut('edit', 'paste', 'mod+v'),
  shortcut('edit', 'duplicate', 'mod+d'),
  shortcut('edit', 'selectAll', 'mod+a'),
  shortcut('edit', 'deselect', 'Escape'),
  shortcut('walk', 'down', 'ArrowDown'),
  shortcut('walk', 'up', 'ArrowUp'),
  shortcut('walk', 'left', 'ArrowLeft'),
  shortcut('walk', 'right', 'ArrowRight'),
  shortcut('walk', 'moveDown', 'shift+ArrowDown'),
  shortcut('walk', 'moveUp', 'shift+ArrowUp'),
  shortcut('walk', 'moveLeft', 'shift+ArrowLeft'),
  shortcut('walk', 'moveRight', 'shift+ArrowRight'),
  shortcut('walk', 'find', 'f', 'mod+f'),
  shortcut('see', 'fit', '1'),
  shortcut('see', 'zoomIn', '=', 'mod+='),
  shortcut('see', 'zoomOut', '-', 'mod+-'),
  shortcut('see', 'outline', 'o'),
  shortcut('see', 'problems', 'p'),
  shortcut('see', 'menu', 'shift+F10'),
  shortcut('see', 'keys', '?'),
  shortcut('test', 'test', 't'),
  shortcut('test', 'stepBack', ','),
  shortcut('test', 'stepForth', '.'),
]

const BY_KEYS = new Map(SHORTCUTS.flatMap(({ command, keys }) => keys.map((key) => [key, command] as const)))
/** The browser makes events of its own of these. */
const NATIVE: ReadonlySet<Command> = new Set<Command>(['copy', 'cut', 'paste'])
/** Signs that need Shift on some keyboards. */
const SIGNS = new Set(['?', '+', '='])

type Pressed = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'shiftKey' | 'altKey'>

/** What a pressed key does; nothing for all others. */
export function commandOf({ key, metaKey, ctrlKey, shiftKey, altKey }: Pressed): Command | undefined {
  if (altKey) return undefined
  const name = key.length === 1 ? key.toLowerCase() : key
  const shift = shiftKey && !SIGNS.has(key) ? 'shift+' : ''
  const command = BY_KEYS.get(`${metaKey || ctrlKey ? 'mod+' : ''}${shift}${name}`)
  return command && !NATIVE.has(command) ? command : undefined
}

/** Whether a key goes to a field, a menu or a dialog, and not to the canvas. */
export function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return (
    target.closest(
      'input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], [role=tree], [role=tablist]',
    ) !== null
  )
}

const MAC = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac')
const NAMES: Record<string, string> = { mod: MAC ? '⌘' : 'Ctrl', shift: '⇧', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Delete: 'Del', Backspace: '⌫', Enter: '↵', Escape: 'Esc' } // prettier-ignore

/** Keys as people read them: `Ctrl ⇧ Z`. */
export const shown = (keys: string): string =>
  keys === '+' ? '+' : keys.split('+').map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)).join(' ') // prettier-ignore
