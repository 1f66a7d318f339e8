/**
 * The word among `known` that a misspelt one was meant to be: at most a third of its letters off (of three letters one, of fewer
 * none), case apart; the first of equally near ones. Undefined when none is near.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.floor(word.length / 3)
  let best: string | undefined
  let least = limit + 1
  for (const candidate of known) {
    const distance = edits(word.toLowerCase(), candidate.toLowerCase(), least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Edit distance in which two letters that changed places count once; or `enough` when it is that much or more. */
function edits(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1), swapped ? before[j - 2]! + 1 : Infinity)
    }
    ;[before, row] = [row, next]
  }
  return Math.min(row[b.length]!, enough)
}
