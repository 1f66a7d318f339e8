type Body = Record<string, unknown>

/** The value at a JSON pointer. */
const at = (body: Body, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Body)[key] : undefined), body)

/**
 * Of what was found in an input, what still holds of another: for the same customer, of fields that say the same.
 * @param before the input as JSON, as `now`
 */
export function holding<T extends { path: string }>(before: string, now: string, found: readonly T[]): T[] {
  if (before === now) return [...found]
  const [was, is] = [JSON.parse(before) as Body, JSON.parse(now) as Body]
  const same = (path: string): boolean => JSON.stringify(at(was, path)) === JSON.stringify(at(is, path))
  // What a field must be depends on the action too.
  return ['/customer', '/destinationId', '/action'].every(same) ? found.filter(({ path }) => same(path)) : []
}
