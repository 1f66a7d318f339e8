import type { Http } from '../outbound/http.js'
import { inPortions, ownError, portions, type Part } from '../outbound/together.js'
import { SendError, type SendResult } from '../vendor.js'
import { explain, outcomeOf } from './answer.js'
import { API, headersOf, type Call, type Config, type Secrets } from './api.js'
import type { Kind } from './message.js'

/** Most that Postmark takes in a request, in bytes. */
const MAX_BYTES = 50_000_000
/** Room for 500 results of the longest addresses and sentences. */
const ANSWER_BYTES = 512 * 1024

type Outcome = SendResult | SendError

type Ready = Part<Config, Secrets, { message: object; bytes: number }>

/** Sends many in as few requests as their sizes allow, in their order. An email that cannot be sent does not hold up the others. */
export const sendBatch = (http: Http, kind: Kind, calls: readonly Call[]): Promise<Outcome[]> =>
  inPortions(
    calls,
    (call) => {
      const message = kind.messageOf(call)
      return { message, bytes: Buffer.byteLength(JSON.stringify(message)) + 1 }
    },
    // The rest of the body is shorter than 100 bytes.
    (ready) => portions(ready, MAX_BYTES - 100, ({ part }) => part.bytes),
    async (portion) => {
      const said = await request(http, kind, portion).catch(ownError)
      return portion.map((_, index) => (said instanceof SendError ? said : outcomeOf(said[index])))
    },
  )

async function request(http: Http, kind: Kind, portion: readonly Ready[]): Promise<unknown[]> {
  const [{ call }] = portion as readonly [Ready]
  const { json } = await http(
    { ...call, signal: AbortSignal.any(portion.map((each) => each.call.signal)) },
    {
      url: `${API}${kind.many}`,
      headers: headersOf(call),
      json: kind.together(portion.map(({ part }) => part.message)),
      answerBytes: ANSWER_BYTES,
    },
    explain,
  )
  if (Array.isArray(json) && json.length === portion.length) return json
  throw new SendError('ambiguous', 'postmark_answer', 'api.postmarkapp.com took a batch and did not say what became of each email.')
}
