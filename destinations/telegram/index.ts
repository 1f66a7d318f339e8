import { z } from 'zod'
import { line } from '../fields.js'
import type { Explain, Http, Refusal } from '../outbound/http.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'

const API = 'https://api.telegram.org'
/** Longest text, without its marks. */
const MAX_TEXT = 4_096

const config = z.strictObject({})
const secrets = z.strictObject({
  token: z
    .string()
    .regex(/^\d{1,20}:[A-Za-z0-9_-]{20,100}$/, { error: 'Give the token that BotFather gave: 123456:ABC-DEF1234…' })
    .meta({ title: 'Bot token' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

const fields = z
  .strictObject({
    to: line
      .regex(/^(-?\d{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31})$/, { error: 'Give the id of a chat, or @name of a channel or a public group.' })
      .meta({ title: 'Chat', description: 'The id of the chat. A customer has to write to the bot first.' }),
    text: z.string().min(1, 'Give a text.').max(16_384).meta({ title: 'Text' }),
    parseMode: z.enum(['', 'HTML', 'MarkdownV2']).optional().meta({
      title: 'Format',
      description: 'HTML or MarkdownV2; empty: plain text. In HTML put | escape behind what customers gave.',
    }),
  })
  // Marks do not count, and only Telegram knows which they are.
  .refine(({ text, parseMode }) => Boolean(parseMode) || text.length <= MAX_TEXT, {
    path: ['text'],
    error: `Give at most ${MAX_TEXT} characters.`,
  })

/** Messages of a bot of Telegram. Methods and errors: core.telegram.org/bots/api; rates: core.telegram.org/bots/faq. */
export function telegram(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'telegram',
    title: 'Telegram',
    docs: 'https://core.telegram.org/bots/api#sendmessage',
    config,
    secrets,
    dedupes: false,
    idempotency: 'Telegram has no idempotency key: when no answer came, the message may be in the chat, and a retry would send it again.',
    perSecond: 30,
    actions: { send_message: { title: 'Send message', channel: 'chat', fields, send: (call) => sendMessage(http, call) } },
    test: async (call) => {
      await http(call, { url: urlOf(call.secrets, 'getMe') }, explain)
    },
  }
}

async function sendMessage(http: Http, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { to, text, parseMode } = call.fields
  const request = { url: urlOf(call.secrets, 'sendMessage'), json: { chat_id: to, text, ...(parseMode && { parse_mode: parseMode }) } }
  const { result } = (await http(call, request, explain)).json as { result: { message_id: number; chat: { id: number } } }
  // The rest of the answer is the message, and who the customer is.
  return { vendorId: `${result.chat.id}:${result.message_id}` }
}

const urlOf = ({ token }: Secrets, method: string): string => `${API}/bot${token}/${method}`

/** What it answers. */
interface Told {
  ok?: boolean
  error_code?: number
  description?: string
  parameters?: { retry_after?: number; migrate_to_chat_id?: number }
}

/** `{ok: false, error_code, description, parameters}`; `ok` is what counts. */
const explain: Explain = ({ status, json }) => {
  const { ok, error_code: code = status, description, parameters } = (json ?? {}) as Told
  if (ok === true) return undefined
  // Something before Telegram answered in its stead.
  if (description === undefined) return status < 300 ? { kind: 'ambiguous' } : {}
  const said = { message: sentenceOf(description, parameters) }
  if (code === 429) {
    const seconds = parameters?.retry_after
    return { ...said, kind: 'retry', code: 'rate_limited', ...(seconds !== undefined && { retryAfterMs: seconds * 1_000 }) }
  }
  if (code >= 500) return { ...said, code: `telegram_${code}`, ...(status < 300 && { kind: 'retry' }) }
  return { ...said, kind: 'permanent', code: codeOf(code, description) }
}

function codeOf(code: number, description: string): NonNullable<Refusal['code']> {
  // A token that is none is told as a method that is none.
  if (code === 401 || code === 404) return 'bad_credentials'
  if (/deactivated|chat not found|user not found|PEER_ID_INVALID/i.test(description)) return 'bad_recipient'
  // Blocked by the customer, thrown out of the group, or never let in.
  if (code === 403) return 'suppressed'
  if (/upgraded to a supergroup/i.test(description)) return 'telegram_chat_migrated'
  if (/can't parse entities/i.test(description)) return 'telegram_cannot_parse'
  if (/message is too long/i.test(description)) return 'telegram_too_long'
  return `telegram_${code}`
}

const sentenceOf = (description: string, parameters: Told['parameters']): string =>
  parameters?.migrate_to_chat_id === undefined ? description : `${description} (its id is now ${parameters.migrate_to_chat_id})`
