import { z } from 'zod'
import { jsonObject, objectOf } from '../fields.js'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { cardOf, messageOf } from './card.js'

/** Where workflows listen: Power Automate, and Logic Apps of Azure. */
const HOSTS = String.raw`(?:[a-z0-9-]+\.)+(?:environment\.api\.powerplatform\.com|logic\.azure\.com)`
const URL_OF_WORKFLOW = new RegExp(String.raw`^https://${HOSTS}(?::443)?/[A-Za-z0-9/_.~-]+\?(?:[^\s#]*&)?sig=[^\s#&]+[^\s#]*$`)

const config = z.strictObject({})
const secrets = z.strictObject({
  url: z
    .string()
    .max(1_000)
    .regex(URL_OF_WORKFLOW, {
      error:
        'Give the whole URL of a workflow that anyone may trigger: https://….environment.api.powerplatform.com/…&sig=…. Those of webhook.office.com belong to connectors, which Microsoft has retired.',
    })
    .meta({ title: 'Workflow URL', description: 'Of the trigger "When a Teams webhook request is received", which anyone may use.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

const messageFields = z.strictObject({
  title: z.string().max(1_000).optional(),
  text: z.string().min(1, 'Give a text.').max(28_000).meta({ title: 'Text', description: 'With the Markdown of Adaptive Cards.' }),
})
const cardFields = z.strictObject({
  card: jsonObject
    .max(28_000)
    .refine((text) => isCard(text), { error: 'Give an Adaptive Card: {"type": "AdaptiveCard", "version": "1.4", "body": [ … ]}.' })
    .meta({ title: 'Card', description: 'An Adaptive Card, as JSON.' }),
})

/**
 * Messages to a channel or chat of Teams, through a workflow. Workflows:
 * learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using and
 * support.microsoft.com "Create incoming webhooks with Workflows for Microsoft Teams"; size and rate: learn.microsoft.com/connectors/teams; where workflows listen:
 * learn.microsoft.com/troubleshoot/power-platform/power-automate/flow-run-issues/triggers-troubleshoot.
 */
export function teams(http: Http): Vendor<Config, Secrets> {
  const send = async (call: SendCall<Config, Secrets>, card: unknown): Promise<SendResult> => {
    const { headers } = await http(call, { url: call.secrets.url, json: messageOf(card) }, explain)
    const run = headers['x-ms-workflow-run-id']
    return run === undefined ? {} : { vendorId: run }
  }
  return {
    type: 'teams',
    title: 'Microsoft Teams',
    docs: 'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'A workflow runs for every request: a retry would post again. Sent means that the workflow has begun; what became of it is in its run history.',
    perSecond: 1,
    actions: {
      send_message: {
        title: 'Send message',
        fields: messageFields,
        send: (call) => send(call, cardOf(call.fields.title, call.fields.text!)),
      },
      send_card: { title: 'Send card', fields: cardFields, send: (call) => send(call, objectOf(call.fields.card)) },
    },
    test: async (call) => {
      // A trigger takes POST only, and says so without a run; the signature is looked at before.
      await http(call, { method: 'GET', url: call.secrets.url }, explain).catch((error: unknown) => {
        if (!(error instanceof SendError && error.code === 'teams_TriggerRequestMethodNotValid')) throw error
      })
    },
  }
}

function isCard(text: string): boolean {
  try {
    const card = objectOf(text)
    return card?.type === 'AdaptiveCard' && typeof card.version === 'string'
  } catch {
    return false
  }
}

/** The URL is not, or no more, that of a workflow that anyone may trigger. */
const NOT_LET_IN = /^(DirectApi|Authorization|InvalidAuthorization)|Signature/

/** `{error: {code, message}}`. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { code, message } = ((json ?? {}) as { error?: { code?: unknown; message?: string } }).error ?? {}
  const said = { message }
  if (status === 401 || status === 403 || status === 429 || typeof code !== 'string' || !/^\w{1,80}$/.test(code)) return said
  return { ...said, code: NOT_LET_IN.test(code) ? 'bad_credentials' : `teams_${code}` }
}
