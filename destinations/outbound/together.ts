import { SendError, type SendCall, type SendResult, type VendorAction } from '../vendor.js'

type Outcome = SendResult | SendError

/** How sends go together in requests of limited size. */
export interface Together<C, S, T> {
  /** Most sends that are gathered. */
  most: number
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
    gather: { most: how.most, send: (calls) => sendTogether(how, calls) },
  }
}

async function sendTogether<C, S, T>(how: Together<C, S, T>, calls: readonly SendCall<C, S>[]): Promise<Outcome[]> {
  const outcomes = new Map<SendCall<C, S>, Outcome>()
  const parts: Part<C, S, T>[] = []
  for (const call of calls) {
    try {
      parts.push({ call, part: how.part(call) })
    } catch (error) {
      outcomes.set(call, ownError(error))
    }
  }
  for (const request of requestsOf(how, parts))
    for (const [index, outcome] of (await postAll(how, request)).entries()) outcomes.set(request[index]!.call, outcome)
  return calls.map((call) => outcomes.get(call)!)
}

interface Part<C, S, T> {
  call: SendCall<C, S>
  part: T
}

/** In their order, so that what concerns one customer keeps it. */
function requestsOf<C, S, T>(how: Together<C, S, T>, parts: Part<C, S, T>[]): Part<C, S, T>[][] {
  const requests: Part<C, S, T>[][] = []
  let weight = Infinity
  let words = new Set<string>()
  for (const each of parts) {
    const more = how.weight(each.part)
    const word = how.apart?.(each.part)
    if (weight + more > how.room || (word !== undefined && words.has(word))) {
      requests.push([])
      weight = 0
      words = new Set()
    }
    requests.at(-1)!.push(each)
    weight += more
    if (word !== undefined) words.add(word)
  }
  return requests
}

async function postAll<C, S, T>(how: Together<C, S, T>, request: Part<C, S, T>[]): Promise<Outcome[]> {
  try {
    return await how.post(
      request.map(({ part }) => part),
      request[0]!.call,
    )
  } catch (error) {
    const failed = ownError(error)
    if (request.length === 1 || !mayBeOfOne(failed)) return request.map(() => failed)
    const outcomes: Outcome[] = []
    for (const each of request) outcomes.push(...(await postAll(how, [each])))
    return outcomes
  }
}

/** Nothing was taken, perhaps because of one of them: each goes alone, so that the others do not fail with it. */
const mayBeOfOne = ({ kind, code }: SendError): boolean => kind === 'permanent' && code !== 'bad_credentials' && code !== 'blocked_address'

function ownError(error: unknown): SendError {
  if (error instanceof SendError) return error
  throw error
}
