type Values = Readonly<Record<string, unknown>>

/** A value with one field as it is to be; undefined and an empty text take it away. */
export function put(value: Values, field: string, next: unknown): Record<string, unknown> {
  const { [field]: _, ...rest } = value
  return next === undefined || next === ''
    ? rest
    : Object.fromEntries([...Object.entries(value).filter(([key]) => key !== field), [field, next]])
}

/** The fields of a value that are there, of those named. */
export const pick = (value: Values, ...fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.flatMap((field) => (value[field] === undefined ? [] : [[field, value[field]]])))

/** A list with the item at `index` moved by one place. */
export function moved<T>(list: readonly T[], index: number, by: 1 | -1): T[] {
  const next = [...list]
  const [item] = next.splice(index, 1)
  next.splice(index + by, 0, item!)
  return next
}

export const replaced = <T>(list: readonly T[], index: number, item: T): T[] => list.map((each, at) => (at === index ? item : each))
export const removed = <T>(list: readonly T[], index: number): T[] => list.filter((_, at) => at !== index)
