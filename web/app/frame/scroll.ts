import { useEffect, useRef, type RefObject } from 'react'
import { useLocation, useNavigationType } from 'react-router'

/** How far pages were scrolled, by the entry of the browser's history. */
const places = new Map<string, number>()

/** Keeps how far a page is scrolled, and scrolls there again for who comes back to it. */
export function useScrollMemory(): RefObject<HTMLDivElement | null> {
  const scroller = useRef<HTMLDivElement>(null)
  const { key } = useLocation()
  const back = useNavigationType() === 'POP'
  const kept = useRef(back ? places.get(key) : undefined)
  useEffect(() => {
    const element = scroller.current!
    // What was read before is there at once; the rest comes a little later and makes room.
    const room = new ResizeObserver(() => {
      if (kept.current === undefined) return
      element.scrollTop = kept.current
      if (element.scrollTop >= kept.current - 1) kept.current = undefined
    })
    if (element.firstElementChild) room.observe(element.firstElementChild)
    const keep = (): void => void places.set(key, element.scrollTop)
    const own = (): void => {
      kept.current = undefined
    }
    element.addEventListener('scroll', keep, { passive: true })
    for (const event of ['wheel', 'pointerdown', 'keydown']) element.addEventListener(event, own, { passive: true })
    return () => {
      room.disconnect()
      element.removeEventListener('scroll', keep)
      for (const event of ['wheel', 'pointerdown', 'keydown']) element.removeEventListener(event, own)
    }
  }, [key])
  return scroller
}
