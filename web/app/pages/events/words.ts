/** The longest line of properties, in characters. */
const LINE = 160

/** Properties in one line: `total 42 · item "Book"`; what lies deeper as JSON. */
export function inOneLine(properties: Record<string, unknown>): string {
  const parts = Object.entries(properties).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  const line = parts.join(' · ')
  return line.length > LINE ? `${line.slice(0, LINE)}…` : line
}

/** Whether an entry of a list holds a text anywhere, whatever the case. */
export const holds = (entry: unknown, text: string): boolean => JSON.stringify(entry).toLowerCase().includes(text.toLowerCase())
