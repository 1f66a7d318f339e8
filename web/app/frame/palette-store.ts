import { useEffect } from 'react'
import { create } from 'zustand'
import type { Icon } from '@tabler/icons-react'

/** Something that the search of the top bar (⌘K) offers. */
export interface PaletteItem {
  id: string
  label: string
  /** The heading that it stands below. */
  group: string
  icon?: Icon
  shortcut?: string
  /** Other words that find it. */
  keywords?: string[]
  run(): void
}

export const usePalette = create<{ open: boolean; items: Record<string, readonly PaletteItem[]> }>(() => ({ open: false, items: {} }))

export const openPalette = (open = true): void => usePalette.setState({ open })

/**
 * Offers things of a page while it is shown: its tiles, its actions.
 * @param owner unique, such as `editor`
 * @param items the same array until they change: useMemo
 */
export function usePaletteItems(owner: string, items: readonly PaletteItem[]): void {
  useEffect(() => {
    usePalette.setState((state) => ({ items: { ...state.items, [owner]: items } }))
    return () =>
      usePalette.setState((state) => {
        const { [owner]: _gone, ...others } = state.items
        return { items: others }
      })
  }, [owner, items])
}
