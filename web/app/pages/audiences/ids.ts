/**
 * Customer ids of a text: one a line, or the first column of a CSV (comma, semicolon or tab; quoted or not). A first line that says `id` or
 * `customerId` is a header. Each id once, in their order.
 */
export function readIds(text: string): string[] {
  const cells = text.split(/\r\n|\r|\n/).map(firstCell)
  const ids = /^(id|customer_?id)$/i.test(cells[0] ?? '') ? cells.slice(1) : cells
  return [...new Set(ids.filter((id) => id !== ''))]
}

function firstCell(line: string): string {
  const trimmed = line.replace(/^\uFEFF/, '').trim()
  const quoted = /^"((?:[^"]|"")*)"/.exec(trimmed)
  if (quoted) return quoted[1]!.replaceAll('""', '"').trim()
  return trimmed.split(/[,;\t]/, 1)[0]!.trim()
}

/** A list in parts of at most `size`. */
export const inParts = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, part) => all.slice(part * size, (part + 1) * size))
