import type { Http } from '../outbound/http.js'
import { SendError, type SendResult } from '../vendor.js'
import { explain, outcomeOf } from './answer.js'
import { API, headersOf, type Call } from './api.js'
import type { Kind } from './message.js'

/** Most that Postmark takes in a request, in bytes. */
const MAX_BYTES = 50_000_000
/** Room for 500 results of the longest addresses and sentences. */
const ANSWER_BYTES = 512 * 1024

type Outcome = SendResult | SendError

/** Sends many in as few requests as their sizes allow, in their order. An email that cannot be sent does not hold up the others. */
export async function sendBatch(http: Http, kind: Kind, calls: readonly Call[]): Promise<Outcome[]> {
  const outcomes = new Map<Call, Outcome>()
  const ready: Ready[] = []
  for (const call of calls) {
    try {
      const message = kind.messageOf(call)
      ready.push({ call, message, bytes: Buffer.byteLength(JSON.stringify(message)) + 1 })
    } catch (error) {
      outcomes.set(call, asSendError(error))
    }
  }
  for (const portion of portionsOf(ready)) {
    const said = await request(http, kind, portion).catch(asSendError)
    portion.forEach(({ call }, index) => outcomes.set(call, said instanceof SendError ? said : outcomeOf(said[index])))
  }
  return calls.map((call) => outcomes.get(call)!)
}

interface Ready {
  call: Call
  message: object
  bytes: number
}

function portionsOf(ready: readonly Ready[]): Ready[][] {
  const portions: Ready[][] = []
  let bytes = Infinity
  for (const each of ready) {
    // The rest of the body is shorter than 100 bytes.
    if (bytes + each.bytes > MAX_BYTES - 100) {
      portions.push([])
      bytes = 0
    }
    portions.at(-1)!.push(each)
    bytes += each.bytes
  }
  return portions
}

async function request(http: Http, kind: Kind, portion: readonly Ready[]): Promise<unknown[]> {
  const [{ call }] = portion as [Ready]
  const { json } = await http(
    { signal: AbortSignal.any(portion.map((each) => each.call.signal)), outboundAllow: call.outboundAllow },
    {
      url: `${API}${kind.many}`,
      headers: headersOf(call),
      json: kind.together(portion.map(({ message }) => message)),
      answerBytes: ANSWER_BYTES,
    },
    explain,
  )
  if (Array.isArray(json) && json.length === portion.length) return json
  throw new SendError('ambiguous', 'postmark_answer', 'api.postmarkapp.com took a batch and did not say what became of each email.')
}

function asSendError(error: unknown): SendError {
  if (error instanceof SendError) return error
  throw error
}
