import { useSyncExternalStore } from 'react'

const QUERY = '(max-width: 639px)'

/** Whether the window is as narrow as a phone's: there the canvas is read, not edited. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const media = matchMedia(QUERY)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => matchMedia(QUERY).matches,
  )
