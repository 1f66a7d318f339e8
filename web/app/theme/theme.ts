import { create } from 'zustand'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'tilework.theme'

/** The person's choice, kept in this browser. */
export const useTheme = create<{ theme: Theme }>(() => ({ theme: stored() }))

function stored(): Theme {
  const found = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === found) ?? 'system'
}

/** Shows a theme and keeps the choice. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  apply(theme)
  useTheme.setState({ theme })
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Before the first paint of the application, and when another tab chooses. */
export function startTheme(): void {
  apply(stored())
  window.addEventListener('storage', ({ key }) => {
    if (key !== KEY) return
    apply(stored())
    useTheme.setState({ theme: stored() })
  })
}
