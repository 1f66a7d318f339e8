import { useEffect, useRef } from 'react'
import { useCanvas, useCanvasUi } from './context.js'

/** Takes the focus when it is the turn of this tile or note. */
export function useFocus(id: string) {
  const ref = useRef<HTMLDivElement>(null)
  const { ui } = useCanvas()
  const mine = useCanvasUi(({ focusing }) => focusing === id)
  useEffect(() => {
    if (!mine) return
    ref.current?.focus({ preventScroll: true })
    ui.setState({ focusing: undefined })
  }, [mine, ui])
  return ref
}
