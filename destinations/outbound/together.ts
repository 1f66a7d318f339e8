import { SendError, type SendCall, type SendResult, type VendorAction } from '../vendor.js'

type Outcome = SendResult | SendError

/** How sends go together in requests of limited size. */
export interface Together<C, S, T> {
  /** Most sends that are gathered. */
  most: number
  perRequest?: true
  /** What a send puts into a request. @throws SendError that fails this send alone */
  part(call: SendCall<C, S>): T
  /** Most that a request holds, by the weights of its parts. */
  room: number
  weight(part: T): number
  /** Parts with the same word do not go into one request. */
  apart?(part: T): string
  /**
   * One request.
   * @param call one of its sends, for what all of them share
   * @returns what became of each part, in their order
   * @throws SendError when the request failed as a whole
   */
  post(parts: readonly T[], call: SendCall<C, S>): Promise<Outcome[]>
}

/** An action whose sends can go together; one alone is a request of one part. */
export function together<C, S, T>(how: Together<C, S, T>): Required<Pick<VendorAction<C, S>, 'send' | 'gather'>> {
  return {
    send: async (call) => {
      const [outcome] = await how.post([how.part(call)], call)
      if (outcome instanceof SendError) throw outcome
      return outcome!
    },
    gather: { most: how.most, ...(how.perRequest && { perRequest: how.perRequest }), send: (calls) => sendTogether(how, calls) },
  }
}

const sendTogether = <C, S, T>(how: Together<C, S, T>, calls: readonly SendCall<C, S>[]): Promise<Outcome[]> =>
  inPortions(
    calls,
    (call) => how.part(call),
    (parts) => portions(parts, how.room, ({ part }) => how.weight(part), how.apart && (({ part }) => how.apart!(part))),
    (request) => postAll(how, request),
  )

/** A send with what it puts into a request. */
export interface Part<C, S, T> {
  call: SendCall<C, S>
  part: T
}

/**
 * Sends many in several requests. One whose part cannot be made fails alone.
 * @param part what a send puts into a request. @throws SendError that fails this send alone
 * @param split into requests
 * @param post one request; what became of each of its parts, in their order
 * @returns what became of each call, in their order
 */
export async function inPortions<C, S, T>(
  calls: readonly SendCall<C, S>[],
  part: (call: SendCall<C, S>) => T,
  split: (parts: readonly Part<C, S, T>[]) => Part<C, S, T>[][],
  post: (request: readonly Part<C, S, T>[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const outcomes = new Map<SendCall<C, S>, Outcome>()
  const parts: Part<C, S, T>[] = []
  for (const call of calls) {
    try {
      parts.push({ call, part: part(call) })
    } catch (error) {
      outcomes.set(call, ownError(error))
    }
  }
  for (const [place, request] of split(parts).entries()) {
    if (place > 0) await another(request[0]!.call)
    for (const [index, outcome] of (await post(request)).entries()) outcomes.set(request[index]!.call, outcome)
  }
  return calls.map((call) => outcomes.get(call)!)
}

/**
 * Splits a list in its order, so that what concerns one customer keeps it.
 * @param room most that a portion holds, by weight
 * @param apart those with the same word do not go into one portion
 */
export function portions<T>(all: readonly T[], room: number, weight: (each: T) => number, apart?: (each: T) => string): T[][] {
  const found: T[][] = []
  let full = Infinity
  let words = new Set<string>()
  for (const each of all) {
    const more = weight(each)
    const word = apart?.(each)
    if (full + more > room || (word !== undefined && words.has(word))) {
      found.push([])
      full = 0
      words = new Set()
    }
    found.at(-1)!.push(each)
    full += more
    if (word !== undefined) words.add(word)
  }
  return found
}

async function postAll<C, S, T>(how: Together<C, S, T>, request: readonly Part<C, S, T>[]): Promise<Outcome[]> {
  try {
    return await how.post(
      request.map(({ part }) => part),
      request[0]!.call,
    )
  } catch (error) {
    const failed = ownError(error)
    if (request.length === 1 || !mayBeOfOne(failed)) return request.map(() => failed)
    const outcomes: Outcome[] = []
    for (const each of request) {
      await another(each.call)
      outcomes.push(...(await postAll(how, [each])))
    }
    return outcomes
  }
}

/** Waits for the turn of one more request. */
const another = ({ turn, signal }: Pick<SendCall, 'turn' | 'signal'>): Promise<void> | undefined => turn?.(signal)

/** Nothing was taken, perhaps because of one of them: each goes alone, so that the others do not fail with it. */
const mayBeOfOne = ({ kind, code }: SendError): boolean => kind === 'permanent' && code !== 'bad_credentials' && code !== 'blocked_address'

/** A failure of a send; whatever else was thrown is thrown on. */
export function ownError(error: unknown): SendError {
  if (error instanceof SendError) return error
  throw error
}
