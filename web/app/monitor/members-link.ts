import type { StatsFilter } from '../api/monitor.js'

/**
 * The address of the members behind a number of the monitor: those that its filter counts, and what the number is about.
 * @param what further filters, such as `{ status: 'parked' }` or `{ visited: 'mail' }`
 */
export function membersLink(id: string, { version, from, to }: StatsFilter, what: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    ...what,
    ...(version !== undefined && { version: String(version) }),
    ...(from !== undefined && { enteredFrom: from }),
    ...(to !== undefined && { enteredTo: to }),
  }).toString()
  return `/journeys/${encodeURIComponent(id)}/members${query && `?${query}`}`
}
