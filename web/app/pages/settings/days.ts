/** The instant at which a day of the viewer's calendar (`2026-12-24`) begins, `days` later; undefined for what is no day. */
export function dayBegins(day: string, days = 0): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)
  if (!parts) return undefined
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number]
  const at = new Date(year, month - 1, date + days)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
