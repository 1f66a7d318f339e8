import type { Capped } from '../model/frequency-caps.js'
import { normalAddress, type Channel } from '../model/channels.js'
import type { Db } from '../store/db.js'
import { readConsent, readOutlook, type Consent, type Said } from '../store/consent.js'
import type { Priority } from '../tiles/choices.js'
import { quietNow, type Hush, type Quietly } from './quiet.js'

/** Why a message is kept back or put off, in words. */
export const REASONS = {
  suppressed_hard_bounce: 'The address is not written to: it refused a message for good.',
  suppressed_complaint: 'The address is not written to: somebody there complained of a message.',
  suppressed_manual: 'The address is not written to: it is on the list of suppressed addresses.',
  unsubscribed: 'The customer does not want it: they unsubscribed.',
  not_subscribed: 'The customer has not asked for it: the topic takes their consent.',
  quiet_hours: 'It is quiet for the customer now.',
  frequency_cap: 'The customer has had as many messages as a frequency cap lets.',
} as const
export type Reason = keyof typeof REASONS

/** Whether a message may go: it does, it never will, or it may at another time. `reads`: by what that was decided. */
export type Leave =
  | { do: 'send' }
  | { do: 'skip'; reason: Reason; reads?: Record<string, unknown> }
  /** `at`: ms. */
  | { do: 'later'; at: number; reason: Reason; reads?: Record<string, unknown> }

/** What kind of message reaches a customer by an action. */
export interface Reach {
  channel: Channel
  /** Id of the topic that it is about. */
  topic?: string | undefined
  /** What the customer needs whatever they subscribed to; only an address that refused or complained is spared. */
  transactional: boolean
  /** Of the tile. */
  quietHours?: Quietly['quietHours']
  priority?: Priority | undefined
}

/** A message that is about to leave. */
export interface Asking extends Reach, Omit<Quietly, 'channel' | 'quietHours'> {
  /** Of the delivery. */
  key: string
  memberId: string
  customerId: string
  /** Where it goes; absent when the vendor knows. */
  address?: string | undefined
  /** Whether `now` is of another clock than the database's: in tests. */
  clocked?: boolean
  /** Of the orchestration. */
  settings: Quietly['settings'] & { priority?: Priority | undefined }
}

/**
 * Asks whether a message may go: quiet hours, then consent, then frequency caps, of which it takes a slot. One round trip; none when it is quiet.
 * Asked anew by each attempt.
 */
export async function admit({ db }: { db: Db }, asking: Asking): Promise<Leave> {
  const { transactional, key, memberId, now } = asking
  // What is exempt from topics has no slot of caps to take.
  if (transactional) return admissible(db, asking)
  const hush = await quietNow(db, asking)
  if (hush) return byQuietHours(hush)
  const consent = await readConsent(db, consulted(asking), {
    key,
    memberId,
    priority: priorityOf(asking),
    now: asking.clocked ? new Date(now) : undefined,
  })
  const leave = judge(asking, consent)
  return leave.do === 'send' && consent.slot ? byCap(consent.slot) : leave
}

/** A message that is not made yet. `now`: of another clock than the database's. */
export type Ahead = Omit<Asking, 'address' | 'traits' | 'now' | 'clocked'> & { now?: Date | undefined }

/**
 * Whether a message would be kept back or put off as things stand, as far as that can be known before it is made: addresses are not. Takes nothing, in
 * one round trip. It saves a turn that the message would not use; `admit` decides.
 */
export async function heldBack({ db }: { db: Db }, ahead: Ahead): Promise<boolean> {
  if (ahead.transactional) return false
  const { key, memberId } = ahead
  const outlook = await readOutlook(db, consulted(ahead), { key, memberId, priority: priorityOf(ahead), now: ahead.now })
  const { timezone, now, slot } = outlook
  const quiet = await quietNow(db, { ...ahead, traits: { timezone }, now })
  return quiet !== undefined || slot !== null || judge(ahead, outlook).do !== 'send'
}

const priorityOf = ({ priority, settings }: Pick<Asking, 'priority' | 'settings'>): Priority => priority ?? settings.priority ?? 'normal'

/** What of a message consent is about. */
type Addressed = Pick<Asking, 'workspaceId' | 'customerId' | 'channel' | 'topic' | 'transactional' | 'address'>

/** What consent alone says to a message, as of now. */
export const admissible = async (db: Db, addressed: Addressed): Promise<Leave> =>
  judge(addressed, await readConsent(db, consulted(addressed)))

/** What is read of consent: of a message that is exempt from topics none. */
const consulted = ({ workspaceId, customerId, channel, topic, transactional, address }: Addressed): Parameters<typeof readConsent>[1] => ({
  workspaceId,
  customerId,
  channel,
  address: address === undefined || address === '' ? undefined : normalAddress(channel, address),
  topic: transactional ? undefined : topic,
})

/** What quiet hours make of a message. */
export function byQuietHours({ otherwise, until, reads }: Hush): Leave {
  return otherwise === 'skip' ? { do: 'skip', reason: 'quiet_hours', reads } : { do: 'later', at: until, reason: 'quiet_hours', reads }
}

/** What a frequency cap makes of a message. */
export function byCap({ do: does, cap, had, kept, at }: Capped): Leave {
  const { id, name, channel, topic, most, per } = cap
  const of = { ...(channel !== null && { channel }), ...(topic !== null && { topic }) }
  const reads = { cap: name, capId: id, had, most, per, ...of, ...(kept > 0 && { kept }) }
  return does === 'skip' ? { do: 'skip', reason: 'frequency_cap', reads } : { do: 'later', at: at!, reason: 'frequency_cap', reads }
}

/** What consent says to a message. */
export function judge({ channel, topic, transactional }: Pick<Reach, 'channel' | 'topic' | 'transactional'>, consent: Consent): Leave {
  const { suppressed, said } = consent
  const of = { channel, ...(topic !== undefined && { topic: consent.topic?.name ?? topic }) }
  const skip = (reason: Reason, reads: object): Leave => ({ do: 'skip', reason, reads: { ...of, ...reads } })
  if (suppressed && !(transactional && suppressed.reason === 'manual'))
    return skip(`suppressed_${suppressed.reason}`, { suppressedAt: suppressed.at })
  if (transactional) return { do: 'send' }
  if (consent.channel?.state === 'unsubscribed') return skip('unsubscribed', { unsubscribedFrom: 'channel', ...when(consent.channel) })
  if (topic === undefined || said?.state === 'subscribed') return { do: 'send' }
  if (said) return skip('unsubscribed', { unsubscribedFrom: 'topic', ...when(said) })
  // A topic that is gone has nobody's consent.
  return consent.topic?.optIn === false ? { do: 'send' } : skip('not_subscribed', {})
}

const when = ({ at, via }: Said): { at: string; via: string } => ({ at, via })
