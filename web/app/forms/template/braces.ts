/** A piece of a template that something else takes the place of, and the cursor behind so much of that. */
export interface Braced {
  from: number
  to: number
  insert: string
  cursor: number
}

/** Whether the tag that begins with `opens` before a place is still open there. */
const isOpen = (before: string, opens: string, closes: string): boolean => before.lastIndexOf(opens) > before.lastIndexOf(closes)

/**
 * What a letter that is typed does, when it does more than to be there: braces close by themselves as they are opened, and what one types
 * of them out of habit goes onto those that stand there.
 */
export function braced(template: string, at: number, typed: string): Braced | undefined {
  const [before, rest] = [template.slice(0, at), template.slice(at)]
  const step = (by: number): Braced => ({ from: at, to: at, insert: '', cursor: by })
  if ((typed === '{' || typed === '%') && before.endsWith('{') && !before.endsWith('{{')) {
    const closes = typed === '{' ? '}}' : '%}'
    const next = rest.search(/\}\}|%\}|\{[{%]/)
    return next >= 0 && rest.startsWith(closes, next) ? undefined : { from: at, to: at, insert: `${typed}  ${closes}`, cursor: 2 }
  }
  if (typed === ' ' && /\{[{%] $/.test(before) && /^ (\}\}|%\})/.test(rest)) return step(0)
  const closes = isOpen(before, '{{', '}}') ? '}}' : isOpen(before, '{%', '%}') ? '%}' : undefined
  if (closes === undefined) return undefined
  if (typed === '}' && before.endsWith(closes[0]!) && rest.startsWith('}')) return step(1)
  if (typed !== closes[0] || !rest.trimStart().startsWith(closes)) return undefined
  const [left, right] = [before.length - before.trimEnd().length, rest.length - rest.trimStart().length]
  const insert = left + right > 0 ? ` ${closes}` : closes
  return { from: at - left, to: at + right + closes.length, insert, cursor: insert.length - 1 }
}
