import type { Script } from './script.js'

/** Another shape of Script is another place: what lies in the old one is not read. */
const placeOf = (journeyId: string): string => `tilework.test-run.1/${journeyId}`

/** The script that this tab tested an orchestration with. */
export function keptScript(journeyId: string): Script | undefined {
  try {
    const kept = sessionStorage.getItem(placeOf(journeyId))
    return kept === null ? undefined : (JSON.parse(kept) as Script)
  } catch {
    return undefined
  }
}

/** Keeps a script as long as the tab lives. A browser without room for it does without. */
export function keepScript(journeyId: string, script: Script): void {
  try {
    sessionStorage.setItem(placeOf(journeyId), JSON.stringify(script))
  } catch {
    // It is only for convenience.
  }
}
