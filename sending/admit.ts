import { normalAddress, type Channel } from '../model/channels.js'
import type { Db } from '../store/db.js'
import { readConsent, type Consent, type Said } from '../store/consent.js'

/** Why a message is kept back or put off, in words. */
export const REASONS = {
  suppressed_hard_bounce: 'The address is not written to: it refused a message for good.',
  suppressed_complaint: 'The address is not written to: somebody there complained of a message.',
  suppressed_manual: 'The address is not written to: it is on the list of suppressed addresses.',
  unsubscribed: 'The customer does not want it: they unsubscribed.',
  not_subscribed: 'The customer has not asked for it: the topic takes their consent.',
} as const
export type Reason = keyof typeof REASONS

/** Whether a message may go: it does, it never will, or it may at another time. `reads`: by what that was decided. */
export type Leave =
  | { do: 'send' }
  | { do: 'skip'; reason: Reason; reads?: Record<string, unknown> }
  /** `at`: ms. */
  | { do: 'later'; at: number; reason: Reason }

/** What kind of message reaches a customer by an action. */
export interface Reach {
  channel: Channel
  /** Id of the topic that it is about. */
  topic?: string | undefined
  /** What the customer needs whatever they subscribed to; only an address that refused or complained is spared. */
  transactional: boolean
}

/** A message that is about to leave. */
export interface Asking extends Reach {
  workspaceId: string
  customerId: string
  /** Where it goes; absent when the vendor knows. */
  address?: string | undefined
}

/** Asks whether a message may go; one round trip. Asked anew by each attempt. */
export const admit = ({ db }: { db: Db }, asking: Asking): Promise<Leave> => admissible(db, asking)

export type Skip = Extract<Leave, { do: 'skip' }>

/** What of a message consent is about. */
type Addressed = Pick<Asking, 'workspaceId' | 'customerId' | 'channel' | 'topic' | 'transactional' | 'address'>

/** What consent alone says to a message, as of now. */
export async function admissible(db: Db, addressed: Addressed): Promise<Leave> {
  const { workspaceId, customerId, channel, topic, transactional, address } = addressed
  const known = address === undefined || address === '' ? undefined : normalAddress(channel, address)
  // What is exempt from topics has none to read.
  return judge(
    addressed,
    await readConsent(db, { workspaceId, customerId, channel, address: known, topic: transactional ? undefined : topic }),
  )
}

/** What consent says to a message. */
export function judge({ channel, topic, transactional }: Reach, consent: Consent): Leave {
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
