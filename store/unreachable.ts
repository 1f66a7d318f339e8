/** Prisma's codes for a database that cannot be reached, or has no connection left: P1001, P1002, P1008, P1017, P2024, P2028. */
const CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028'])
/** The adapter's words for the same; a raw query carries them inside. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections', 'TlsConnectionError'])
/** PostgreSQL's own: shut down, crashed, starting, no connection left (appendix A of its manual). */
const STATES = new Set(['57P01', '57P02', '57P03', '53300'])

/** Whether an error means that PostgreSQL cannot be reached now, rather than that a statement is wrong. */
export function isUnreachable(error: unknown): boolean {
  const { code, meta } = (error ?? {}) as {
    code?: unknown
    meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } }
  }
  const cause = meta?.driverAdapterError?.cause
  const is = (set: Set<string>, value: unknown): boolean => typeof value === 'string' && set.has(value)
  return is(CODES, code) || is(KINDS, cause?.kind) || is(STATES, cause?.originalCode)
}
