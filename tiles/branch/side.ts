/** How fine percentages are cut: hundredths of a per cent. */
const BUCKETS = 10_000

/**
 * The path of a percentage branch: a stable hash of (orchestration, tile, customer), so that a customer keeps their side over
 * visits and versions, and sides of different tiles are independent.
 */
export function sideOf(
  who: { journeyId: string; tileId: string; customerId: string },
  paths: readonly { id: string; weight: number }[],
): string {
  const bucket = hash(`${who.journeyId}\u0000${who.tileId}\u0000${who.customerId}`) % BUCKETS
  let upTo = 0
  for (const path of paths) {
    upTo += path.weight * (BUCKETS / 100)
    if (bucket < upTo) return path.id
  }
  return paths.at(-1)!.id
}

/** FNV-1a, 32 bits, over UTF-16 units, with murmur3's finaliser: FNV alone leaves the low digits of similar texts alike. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
