/**
 * The filters of a list that were asked for, as SQL to put behind a where clause: ` and … and …`. A filter that was not asked for is not in the
 * statement, so that PostgreSQL plans with those that are.
 * @param params what the statement has so far; the values are added
 * @param filters a condition with `?` where the value stands, and the value; undefined: not asked for
 */
export function given(params: unknown[], filters: readonly (readonly [condition: string, value: unknown])[]): string {
  return filters
    .filter(([, value]) => value !== undefined)
    .map(([condition, value]) => ` and ${condition.replaceAll('?', `$${params.push(value)}::text`)}`)
    .join('')
}
