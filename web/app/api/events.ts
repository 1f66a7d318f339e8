import type { StoredEvent } from '../../../store/events.js'
import type { RejectedEvent as StoredRejected } from '../../../store/rejected.js'
import type { InboxMessage } from '../../../store/sandbox.js'
import { useList, type Wire } from './query.js'

export type AcceptedEvent = Wire<StoredEvent>
export type RejectedEvent = Wire<StoredRejected>
export type SandboxMessage = Wire<InboxMessage>

/** How often lists of what comes in are read again while somebody watches, in ms. */
const LIVE = 2_000

const live = (on: boolean): { refetchInterval?: number } => (on ? { refetchInterval: LIVE } : {})

/** Events that were accepted, newest first. */
export const useRecentEvents = (watching: boolean) =>
  useList<AcceptedEvent>(['events', 'accepted'], '/events/recent', { status: 'accepted' }, live(watching))

/** Events that were rejected, with the reason; the newest 1,000 are kept. */
export const useRejectedEvents = (watching: boolean) =>
  useList<RejectedEvent>(['events', 'rejected'], '/events/recent', { status: 'rejected' }, live(watching))

/** What the sandbox received, newest first; of one customer when told. */
export const useInbox = (customerId: string, watching = true) =>
  useList<SandboxMessage>(['inbox'], '/sandbox/messages', { customerId }, live(watching))
