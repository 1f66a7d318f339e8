import { loadTest } from './test-drawer.js'
import { loadTileForms } from './tile-forms.js'

/** Loads, while there is nothing else to do, what editing needs and the first page load left out: whoever is offline later edits on. */
export function preload(): void {
  const work = (): void => {
    const parts = [loadTileForms(), import('../forms/settings-form.js'), import('../canvas/doc/layout.js'), loadTest()]
    // Whatever fails now is loaded when it is asked for, and says so then.
    void Promise.allSettled(parts)
  }
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 2_000 })
  else setTimeout(work, 200)
}
