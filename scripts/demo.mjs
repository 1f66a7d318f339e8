// `npm run demo`: two orchestrations, two audiences, a template, a topic, a frequency cap, 500 customers with traits and two minutes of events, all into
// the sandbox. A few customers have no address, so that their sends fail and they are parked; a few want no offers. Against the Tilework that runs on DATA_DIR; the key is made with its own command.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { prepare, root } from './prepare.mjs'

const CUSTOMERS = 500
const SECONDS = Number(process.env.DEMO_SECONDS || 120)
const EVENTS_PER_SECOND = 10
const FIRST = ['Ada', 'Grace', 'Linus', 'Margaret', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Tim']
const PLANS = ['free', 'pro', 'team']
/** Each how many customers there is one without an address. */
const NO_ADDRESS = 40
const ZONES = ['Europe/Madrid', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe']

await prepare()
const running = path.resolve(root, process.env.DATA_DIR || '.tilework', 'running.json')
if (!fs.existsSync(running)) {
  console.error('No Tilework runs here. Start it with `npm start` in another shell, then run the demo again.')
  process.exit(1)
}
const { url } = JSON.parse(fs.readFileSync(running, 'utf8'))
const made = spawnSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'keys', 'create', 'Demo', '--scopes', 'admin'], {
  cwd: root,
  encoding: 'utf8',
})
if (made.status !== 0) throw new Error(made.stderr)
const key = made.stdout.trim().split(/\s+/)[1]

async function call(method, route, body, authorization = `Bearer ${key}`) {
  const answer = await fetch(`${url}${route}`, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const json = await answer.json()
  if (!answer.ok) throw new Error(`${method} ${route}: ${json.detail}`)
  return json
}

const email = (subject, more) => ({
  destinationId: 'sandbox',
  action: 'send_email',
  fields: { to: '{{ customer.traits.email }}', subject, text: 'Hi {{ customer.traits.name }}.\n\nNo more of these: {{ unsubscribeUrl }}' },
  ...more,
})

/** Made in a demo before, or made now: there is one of a name. */
async function once(route, body) {
  const { data } = await call('GET', `/api/v1/${route}`)
  return data.find(({ name }) => name === body.name) ?? call('POST', `/api/v1/${route}`, body)
}

const offers = await once('topics', { name: 'Offers', description: 'Gifts and reminders.' })
await once('frequency-caps', { name: 'Emails a week', channel: 'email', most: 10, per: 'P7D', otherwise: 'skip' })
const NO_OFFERS = { subscriptions: [{ channel: 'email', topic: offers.id, state: 'unsubscribed' }], via: 'demo' }
const WELCOME_MAIL = `<mjml>
  <mj-body background-color="#f3f4f6">
    <mj-section background-color="#ffffff" padding="32px 16px">
      <mj-column>
        <mj-text font-size="26px" line-height="32px">Good to have you, {{ customer.traits.name | default: "friend" }}</mj-text>
        <mj-text font-size="16px" line-height="24px">Everything is ready. The first steps take five minutes.</mj-text>
        <mj-button href="https://example.com/start" background-color="#3b5bdb" align="left">Take the first step</mj-button>
        <mj-text font-size="13px"><a href="{{ unsubscribeUrl }}">No more of these</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`
const content = { locale: 'en', subject: 'Welcome, {{ customer.traits.name | default: "friend" }}', mjml: WELCOME_MAIL }
const greeting = await once('templates', { name: 'Welcome', kind: 'email', channel: 'email', content })
if (!greeting.liveVersion) await call('POST', `/api/v1/templates/${greeting.id}/publish`)

const WELCOME = {
  name: 'Welcome',
  description: 'Greets who signs up, and thanks who buys within a minute.',
  tiles: [
    { id: 'entry', type: 'entry', name: 'Signed up', config: { triggers: [{ type: 'event', event: 'Signed Up' }, { type: 'manual' }] } },
    {
      id: 'hello',
      type: 'action',
      name: 'Welcome',
      config: { ...email(), fields: { to: '{{ customer.traits.email }}' }, template: { id: greeting.id } },
    },
    { id: 'order', type: 'wait', name: 'Wait for an order', config: { kind: 'event', event: 'Order Completed', timeout: 'PT1M' } },
    {
      id: 'big',
      type: 'branch',
      name: 'Over 100?',
      config: { kind: 'condition', paths: [{ id: 'yes', when: { property: 'total', of: 'tile:order', op: 'gt', value: 100 } }] },
    },
    {
      id: 'gift',
      type: 'action',
      name: 'A gift',
      config: email('A gift for your {{ tiles.order.properties.item }}', { topic: offers.id }),
    },
    { id: 'mark', type: 'updateProfile', name: 'Count the order', config: { changes: [{ op: 'increment', trait: 'orders', by: 1 }] } },
    { id: 'remind', type: 'action', name: 'Reminder', config: email('Still looking, {{ customer.traits.name }}?', { topic: offers.id }) },
    { id: 'bought', type: 'exit', name: 'Bought', config: { reason: 'bought', conversion: true } },
    { id: 'left', type: 'exit', name: 'No order', config: { reason: 'no order' } },
  ],
  edges: [
    { from: 'entry', to: 'hello' },
    { from: 'hello', to: 'order' },
    { from: 'order', port: 'met', to: 'big' },
    { from: 'order', port: 'timeout', to: 'remind' },
    { from: 'big', port: 'yes', to: 'gift' },
    { from: 'big', port: 'else', to: 'mark' },
    { from: 'gift', to: 'mark' },
    { from: 'mark', to: 'bought' },
    { from: 'remind', to: 'left' },
  ],
}

const CARE = {
  name: 'Care by plan',
  description: 'A test of two subjects for those who pay.',
  tiles: [
    { id: 'entry', type: 'entry', name: 'By hand', config: { triggers: [{ type: 'manual' }] } },
    {
      id: 'plan',
      type: 'branch',
      name: 'Pays?',
      config: { kind: 'condition', paths: [{ id: 'pays', when: { trait: 'plan', op: 'in', value: ['pro', 'team'] } }] },
    },
    {
      id: 'ab',
      type: 'branch',
      name: 'Which subject',
      config: {
        kind: 'percentage',
        paths: [
          { id: 'a', weight: 50 },
          { id: 'b', weight: 50 },
        ],
      },
    },
    { id: 'a', type: 'action', name: 'Subject A', config: email('How is it going?') },
    { id: 'b', type: 'action', name: 'Subject B', config: email('{{ customer.traits.name }}, can we help?') },
    { id: 'pause', type: 'wait', name: 'An hour', config: { kind: 'duration', duration: 'PT1H' } },
    { id: 'done', type: 'exit', config: { reason: 'completed' } },
  ],
  edges: [
    { from: 'entry', to: 'plan' },
    { from: 'plan', port: 'pays', to: 'ab' },
    { from: 'plan', port: 'else', to: 'done' },
    { from: 'ab', port: 'a', to: 'a' },
    { from: 'ab', port: 'b', to: 'b' },
    { from: 'a', to: 'pause' },
    { from: 'b', to: 'pause' },
    { from: 'pause', to: 'done' },
  ],
}

const AUDIENCES = [
  { kind: 'condition', name: 'Paying customers', when: { trait: 'plan', op: 'in', value: ['pro', 'team'] } },
  {
    kind: 'condition',
    name: 'Bought twice this week',
    when: { event: 'Order Completed', op: 'performed', count: { atLeast: 2 }, within: 'P7D' },
  },
]

const MAIL = {
  name: 'Mail server',
  type: 'smtp',
  config: { host: 'smtp.example.com', port: 587, secure: false, from: 'hello@example.com' },
}

async function launch(definition) {
  const { id } = await call('POST', '/api/v1/journeys', definition)
  await call('POST', `/api/v1/journeys/${id}/activate`)
  return id
}

const pick = (list) => list[Math.floor(Math.random() * list.length)]
const run = Date.now().toString(36)
const customers = Array.from({ length: CUSTOMERS }, (_, n) => `demo-${run}-${n}`)
const track = (userId, event, properties) => ({ type: 'track', userId, event, properties })

for (const audience of AUDIENCES) await call('POST', '/api/v1/audiences', audience)
await call('POST', '/api/v1/destinations', MAIL)
const welcome = await launch(WELCOME)
const care = await launch(CARE)
console.log(`Two orchestrations are active. Making ${CUSTOMERS} customers …`)
const write = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
for (let at = 0; at < CUSTOMERS; at += 100) {
  const batch = customers.slice(at, at + 100).map((userId, n) => {
    const traits = { name: pick(FIRST), plan: pick(PLANS), timezone: pick(ZONES) }
    return { type: 'identify', userId, traits: n % NO_ADDRESS === 0 ? traits : { ...traits, email: `${userId}@example.com` } }
  })
  await call('POST', '/v1/batch', { batch }, write)
}
for (const id of customers.filter((_, n) => n % 9 === 4).slice(0, 20)) {
  await call('PUT', `/api/v1/customers/${id}`, { traits: {} })
  await call('PUT', `/api/v1/customers/${id}/subscriptions`, NO_OFFERS)
}
await call('POST', `/api/v1/suppressions`, { channel: 'email', address: `${customers[7]}@example.com` })
await call('POST', `/api/v1/journeys/${care}/members`, { customerIds: customers.slice(0, CUSTOMERS / 2) })

console.log(`Sending events for ${SECONDS} seconds. Look at ${url}`)
const signedUp = []
for (let second = 0; second < SECONDS; second++) {
  const batch = Array.from({ length: EVENTS_PER_SECOND }, (_, n) => {
    const next = customers[signedUp.length]
    if (n % 2 === 0 && next) {
      signedUp.push(next)
      return track(next, 'Signed Up', { source: pick(['site', 'app']) })
    }
    return track(pick(signedUp.length ? signedUp : customers), 'Order Completed', {
      total: Math.round(Math.random() * 200),
      item: pick(['lamp', 'desk', 'book']),
    })
  })
  await call('POST', '/v1/batch', { batch }, write)
  if (second % 10 === 9) {
    const { members } = await call('GET', `/api/v1/journeys/${welcome}/stats`)
    console.log(
      `${second + 1} s: ${members.entered} entered, ${members.active} on their way, ${members.exited} exited, ${members.converted} bought`,
    )
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
console.log(
  `Done. ${url}/api/v1/journeys/${welcome}/stats and ${url}/api/v1/journeys/${care}/stats have the counts; /api/v1/sandbox/messages the messages.`,
)
