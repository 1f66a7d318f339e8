import { z } from 'zod'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'

/** Most blocks of a message. */
const MAX_BLOCKS = 50
/** From here on Slack cuts a text. */
const MAX_TEXT = 40_000

const config = z.strictObject({})
const secrets = z.strictObject({
  url: z
    .string()
    .regex(/^https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9]+\/[A-Za-z0-9]+\/[A-Za-z0-9]+$/, {
      error: 'Give the URL of an incoming webhook: https://hooks.slack.com/services/…',
    })
    .max(200)
    .meta({ title: 'Webhook URL', description: 'Of an incoming webhook of your Slack app. It belongs to one channel.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

const fields = z.strictObject({
  text: z.string().min(1, 'Give a text.').max(MAX_TEXT).meta({
    title: 'Text',
    description:
      'In mrkdwn. With blocks it is what notifications show. Put | escape behind what customers gave, so that it mentions nobody.',
  }),
  blocks: z
    .string()
    .max(200_000)
    .refine((text) => text === '' || (blocksOf(text)?.length ?? Infinity) <= MAX_BLOCKS, {
      error: `Give a JSON list of at most ${MAX_BLOCKS} blocks, or what Block Kit Builder shows: {"blocks": [ … ]}.`,
    })
    .optional()
    .meta({ title: 'Blocks', description: 'Block Kit, as JSON.' }),
})

/**
 * Messages to a channel of Slack, through an incoming webhook. Format and errors: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks;
 * rate: docs.slack.dev/apis/web-api/rate-limits; blocks: docs.slack.dev/reference/block-kit/blocks.
 */
export function slack(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'slack',
    title: 'Slack',
    docs: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
    config,
    secrets,
    dedupes: false,
    idempotency: 'Slack has no idempotency key: when no answer came, the message may be in the channel, and a retry would post it again.',
    perSecond: 1,
    actions: { send_message: { title: 'Send message', fields, send: (call) => sendMessage(http, call) } },
    test: async (call) => {
      // Of a webhook that works it is told that there is no text, and nothing is posted.
      await http(call, { url: call.secrets.url, json: {} }, explain).catch((error: unknown) => {
        if (!(error instanceof SendError && TEXTLESS.has(error.code))) throw error
      })
    },
  }
}

async function sendMessage(http: Http, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { text, blocks } = call.fields
  await http(call, { url: call.secrets.url, json: { text, ...(blocks && { blocks: blocksOf(blocks) }) } }, explain)
  return {}
}

/** A list of blocks, or Block Kit Builder's object with one; undefined when it is neither. */
function blocksOf(text: string): unknown[] | undefined {
  try {
    const value = JSON.parse(text) as { blocks?: unknown } | null
    const blocks = Array.isArray(value) ? value : value?.blocks
    return Array.isArray(blocks) ? blocks : undefined
  } catch {
    return undefined
  }
}

/** What it says of a message without any. */
const TEXTLESS = new Set(['slack_no_text', 'slack_invalid_payload', 'slack_missing_text_or_fallback_or_attachments'])
/** The webhook is no more, or never was. */
const GONE = new Set(['invalid_token', 'no_service', 'no_service_id', 'no_active_hooks', 'no_team', 'team_disabled'])

/** One word as text; of a message that was posted, `ok`. */
const explain: Explain = ({ status, text }) => {
  const said = text.trim()
  if (status === 200 && said === 'ok') return undefined
  const word = /^[a-z_]{1,80}$/.test(said) ? said : undefined
  if (GONE.has(said)) return { kind: 'permanent', code: 'bad_credentials', message: said }
  // Something before Slack answered in its stead.
  if (word === undefined) return status < 300 ? { kind: 'ambiguous' } : status === 403 ? { code: 'http_403' } : {}
  if (status === 429) return { message: word }
  if (status >= 500) return { code: `slack_${word}`, message: word }
  return { kind: 'permanent', code: `slack_${word}`, message: word }
}
