import { TileworkError } from '../model/errors.js'

/** Whose fault a failure is: the event's own (it fails each time), a system's that cannot be reached now, or nobody can say. */
export type Fault = 'event' | 'system' | 'unknown'

/**
 * Classes of SQLSTATE that pass: connection, transaction state, rollback (deadlock, serialisation), resources, locks, operator
 * intervention, system, internal.
 */
const PASSING_CLASSES = new Set(['08', '25', '40', '53', '55', '57', '58', 'XX'])

/** Prisma's: P1xxx no connection, P2024 no free connection, P2028 a transaction that is over. Node's: of the network. */
const SYSTEM_CODES = /^(P1\d{3}|P2024|P2028|E(CONN\w+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN|NOTFOUND))$/

/** The driver's own messages about a connection carry no code. */
const LOST_CONNECTION = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** Errors of the language: a fault of the code that an event brings out each time. */
const OF_THE_LANGUAGE = new Set(['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'])

/** gRPC INVALID_ARGUMENT: Temporal will never take it. */
const INVALID_ARGUMENT = 3

/** What the errors of Prisma, its adapter, the driver, gRPC and Node have in common. */
interface Shape {
  name?: unknown
  message?: unknown
  code?: unknown
  cause?: unknown
  meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } }
}

/** Tells what to do about a failure: mark the event and go on, or stop and try again. */
export function faultOf(error: unknown): Fault {
  if (error instanceof TileworkError) return error.code !== 'unavailable' || refusedByTemporal(error) ? 'event' : 'system'
  const state = sqlState(error)
  if (state !== undefined) return PASSING_CLASSES.has(state.slice(0, 2)) ? 'system' : 'event'
  const { name, message, code, meta } = shapeOf(error)
  if (SYSTEM_CODES.test(String(code)) || LOST_CONNECTION.test(String(message))) return 'system'
  if (meta?.driverAdapterError?.cause?.kind === 'DatabaseNotReachable') return 'system'
  return OF_THE_LANGUAGE.has(String(name)) ? 'event' : 'unknown'
}

/** PostgreSQL's error code inside an error of the driver or of Prisma's raw query. */
export function sqlState(error: unknown): string | undefined {
  const { code, meta } = shapeOf(error)
  const state = meta?.driverAdapterError?.cause?.originalCode ?? code
  return typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) && !SYSTEM_CODES.test(state) && !/^P2\d{3}$/.test(state)
    ? state
    : undefined
}

const shapeOf = (error: unknown): Shape => (typeof error === 'object' && error !== null ? error : {})

function refusedByTemporal(error: unknown): boolean {
  for (let at = shapeOf(error), depth = 0; depth < 5; at = shapeOf(at.cause), depth++) if (at.code === INVALID_ARGUMENT) return true
  return false
}
