/** Does something that takes the focus when no menu or dialog is open any more: they keep it while they close, and give it back then. */
export function afterOverlays(work: () => void): void {
  if (!isCovered()) return work()
  const look = (): void => {
    if (isCovered()) requestAnimationFrame(look)
    // They give it back in a task of their own.
    else setTimeout(work, 0)
  }
  requestAnimationFrame(look)
}

const isCovered = (): boolean => document.querySelector('[role=menu], [role=dialog]') !== null
