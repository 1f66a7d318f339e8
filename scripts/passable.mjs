// Root may not run PostgreSQL, so the embedded one runs as the user postgres, who must be able to walk to its programs and its data.
import fs from 'node:fs'
import path from 'node:path'

/**
 * Run as root: gives others the right to pass through (not to read) each folder on the way to these places that is closed to them.
 * @param {string[]} places
 * @param {(text: string) => void} say
 */
export function makePassable(places, say) {
  if (process.getuid?.() !== 0) return
  for (const place of places) {
    for (let at = path.resolve(place); ; at = path.dirname(at)) {
      const { mode } = fs.statSync(at)
      if ((mode & 0o001) === 0) {
        fs.chmodSync(at, (mode & 0o7777) | 0o001)
        say(`PostgreSQL runs as the user postgres, so others may now pass through ${at}.`)
      }
      if (path.dirname(at) === at) break
    }
  }
}
