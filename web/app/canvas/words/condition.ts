import { durationWords } from './time.js'
import { both, either, record, spoken, text, valueWords, type Say } from './say.js'

/**
 * A condition in one line: `lifetime value > 500 and in VIP`. A draft's may lack things; undefined while it says nothing.
 * @param inside it stands within another, so that `and` and `or` need brackets
 */
export function conditionWords(condition: unknown, say: Say, inside = false): string | undefined {
  const c = record(condition)
  if (Array.isArray(c.all)) return joined(c.all, both, say, inside)
  if (Array.isArray(c.any)) return joined(c.any, either, say, inside)
  if (c.not !== undefined) {
    const what = conditionWords(c.not, say, true)
    return what && say.t('canvas:condition.not', { what })
  }
  if (text(c.trait)) return compared(spoken(text(c.trait)!), c, say)
  if (text(c.property)) return compared(propertyWords(c, say), c, say)
  if (text(c.audience)) {
    const audience = say.names.audiences?.get(text(c.audience)!) ?? text(c.audience)!
    return say.t(c.op === 'notIn' ? 'canvas:condition.outside' : 'canvas:condition.inside', { audience })
  }
  return text(c.event) ? performed(c, say) : undefined
}

function joined(parts: readonly unknown[], join: typeof both, say: Say, inside: boolean): string | undefined {
  const words = parts.flatMap((part) => conditionWords(part, say, parts.length > 1) ?? [])
  if (words.length === 0) return undefined
  const line = join(words, say)
  return inside && words.length > 1 ? `(${line})` : line
}

function propertyWords({ property, of }: Record<string, unknown>, { t, names }: Say): string {
  const name = spoken(property as string)
  if (typeof of !== 'string' || !of.startsWith('tile:')) return name
  const id = of.slice('tile:'.length)
  return t('canvas:condition.ofTile', { name, tile: names.tiles?.get(id) ?? id })
}

function compared(what: string, { op, value }: Record<string, unknown>, say: Say): string | undefined {
  if (typeof op !== 'string') return undefined
  const shown = op === 'withinLast' || op === 'withinNext' ? durationWords(String(value ?? ''), say) : listOrValue(op, value, say)
  return say.t(`canvas:op.${op}`, { what, value: shown })
}

const listOrValue = (op: string, value: unknown, say: Say): string =>
  (op === 'in' || op === 'notIn') && Array.isArray(value)
    ? either(
        value.map((item) => valueWords(item, say)),
        say,
      )
    : valueWords(value, say)

function performed({ event, op, count, within, where }: Record<string, unknown>, say: Say): string {
  const atLeast = record(count).atLeast
  const words = [
    say.t(op === 'notPerformed' ? 'canvas:condition.never' : 'canvas:condition.did', { event }),
    ...(typeof atLeast === 'number' && atLeast > 1 ? [say.t('canvas:condition.times', { count: atLeast })] : []),
    ...(text(within) ? [say.t('canvas:condition.within', { duration: durationWords(text(within)!, say) })] : []),
    ...(where === undefined ? [] : [whereWords(where, say) ?? '']),
  ]
  return words.filter(Boolean).join(' ')
}

/** `with total > 50`: what an event's properties must be. */
export function whereWords(where: unknown, say: Say): string | undefined {
  const what = conditionWords(where, say)
  return what && say.t('canvas:condition.with', { what })
}
