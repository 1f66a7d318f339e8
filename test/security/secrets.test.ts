import { openDb, type Db } from '../../store/db.js'
import { connectTemporal } from '../../temporal/client.js'
import { freshDatabase } from '../setup/db.js'
import { sharedTemporal } from '../setup/temporal.js'
import { entry, eventually, exit, hook, row, tile } from '../support/canvas.js'
import { startWhole } from '../support/whole-run.js'
import { startStub, type Seen } from '../vendors/stub.js'
import { accounts, type Account } from './accounts.js'
import { echoing, echoingSmtp, MODES, type Mode } from './echo.js'
import { leaksIn } from './leaks.js'

/*
 * Secrets never appear: not in logs, not in what the API answers, not in the database but encrypted, not in Temporal's histories. An account at every
 * vendor, with secrets that cannot be anything else; vendors that repeat whatever let somebody in; then everything is looked through that can be read.
 */

const ADMIN_KEY = 'S3CRET-admin-key-of-all-rights'
const ENCRYPTION_KEY = 'S3CRET-encryption-key-of-32-characters'
const CRM = 'S3CRET-crm-"/&+<=>\\%~'

interface Answered {
  status: number
  text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any
}

/** Everything that was read: what it is, and its text. */
const read: [string, string][] = []
let url = ''
let db: Db

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
  const text = answer.headers.get('content-type')?.includes('event-stream') ? await firstOf(answer) : await answer.text()
  const told = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  // What is made here is shown here, and only here.
  if (!/POST .*\/(api-keys|sign-in-links)$/.test(`${method} ${path}`)) read.push([`${method} ${path}`, `${told}\n\n${text}`])
  return { status: answer.status, text, json: isJson(answer) ? (JSON.parse(text) as unknown) : undefined }
}

const isJson = ({ headers, status }: Response): boolean => status !== 204 && /[/+]json/.test(headers.get('content-type') ?? '')

async function firstOf(answer: Response): Promise<string> {
  const reader = answer.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return Buffer.from(value ?? []).toString()
}

async function made(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered['json']> {
  const { status, text, json } = await call('POST', `/api/v1${path}`, body, headers)
  if (status > 299) throw new Error(`${path}: ${text}`)
  return json
}

/** An orchestration whose second tile sends, and its destination if it has one. */
interface Sending {
  journeyId: string
  destinationId?: string
  to?: string
}

const RETRY = { maxAttempts: 1, initialInterval: 'PT0.2S' }

async function sendingBy(account: Account): Promise<Sending> {
  const { type, config, secrets, action, fields } = account
  const { id: destinationId } = await made('/destinations', { name: type, type, config, secrets }, { 'idempotency-key': `make ${type}` })
  const send = tile('send', 'action', { destinationId, action, fields, retry: RETRY })
  return { ...(await launched(type, send)), destinationId, ...(fields.to && { to: fields.to }) }
}

async function launched(name: string, sends: ReturnType<typeof tile>): Promise<{ journeyId: string }> {
  const { id } = await made('/journeys', { name, ...row([entry(), sends, exit()]) })
  const activated = await call('POST', `/api/v1/journeys/${id}/activate`)
  if (activated.status > 299) throw new Error(activated.text)
  return { journeyId: id }
}

/** One more member each; waits until everybody's send has come to something. */
async function round(sendings: Sending[], count: number, times = 1): Promise<void> {
  const customerIds = Array.from({ length: times }, (_, n) => `customer-${count + n}`)
  await Promise.all(sendings.map(({ journeyId }) => made(`/journeys/${journeyId}/members`, { customerIds })))
  await eventually(
    () =>
      db.query(
        `select j.name, count(d.key)::int as n from journey j left join delivery d on d.journey_id = j.id
           and (d.state not in ('sending', 'pending') or d.error_code is not null)
         group by j.id having count(d.key) < $1`,
        [count + times],
      ),
    (behind) => behind.length === 0,
    60_000,
  )
}

/** What one can try without a member. */
async function tried({ journeyId, destinationId, to }: Sending): Promise<void> {
  if (destinationId) await call('POST', `/api/v1/destinations/${destinationId}/test`)
  await call('POST', `/api/v1/journeys/${journeyId}/tiles/send/test-send`, to ? { to } : {})
}

/** Every GET of the documentation, about what there is. */
async function crawl(ids: Record<string, string>): Promise<Map<string, number>> {
  const { json: document } = await call('GET', '/api/v1/openapi.json')
  const found = new Map<string, number>()
  for (const [path, verbs] of Object.entries(document.paths as Record<string, object>)) {
    if (!('get' in verbs)) continue
    const [, of] = path.split('/')
    const at = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name === 'id' ? of! : name] ?? 'none'))
    const query = REQUIRED[path] ?? ''
    const { status } = await call('GET', `/api/v1${at}${query}`)
    found.set(path, status)
  }
  for (const path of ['/metrics', '/health/ready', '/health/live', '/docs', '/']) await call('GET', path)
  return found
}

/** Of routes that do not answer without. */
const REQUIRED: Record<string, string> = { '/audiences/used-by': '?ids=aud_1', '/destinations/used-by': '?ids=sandbox' }

/** Of what the test makes: there it has to be told everything. */
const MADE = /^\/(journeys|destinations|customers|users|secrets|jobs|api-keys|audit-log|errors|settings)/

/** Everything in every table. */
async function tables(): Promise<void> {
  const names = await db.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`)
  for (const { name } of names) {
    const rows = await db.query<{ text: string }>(`select coalesce(string_agg(to_jsonb(t)::text, E'\\n'), '') as text from "${name}" t`)
    read.push([`table ${name}`, rows[0]!.text])
  }
}

/** The histories of all members, and how their workflows stand; payloads as text. */
async function histories(taskQueue: string): Promise<number> {
  const temporal = await connectTemporal({ address: sharedTemporal(), namespace: 'default', taskQueue })
  const readable = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value)
  const members = await db.query<{ id: string }>('select id from member')
  for (const { id } of members) {
    const handle = temporal.client.workflow.getHandle(id)
    const [history, described] = await Promise.all([handle.fetchHistory(), handle.describe()])
    const text = JSON.stringify([history, described.raw], (key, value: unknown) => (typeof value === 'bigint' ? String(value) : readable(key, value))) // prettier-ignore
    read.push([`history of ${id}`, text])
  }
  await temporal.close()
  return members.length
}

/** What requests were let in by, of which no part may be told. */
const letIn = (seen: readonly Seen[]): string[] =>
  seen.flatMap(({ headers, form }) => [
    ...[headers.authorization ?? '']
      .flatMap((value) => value.split(/[ ,]+/))
      .filter((part) => part.length > 40 && !part.includes('Signed')),
    ...[form.get('assertion') ?? ''].filter(Boolean),
  ])

test('nothing that can be read has a secret in it', async () => {
  let mode: Mode = 'taken'
  const tokens: string[] = []
  const rules = echoing(() => mode, tokens)
  const vendor = await startStub((seen) => rules(seen))
  const apple = await startStub((seen) => rules(seen), undefined, { http2: true })
  const smtp = await echoingSmtp(() => mode)
  const database = await freshDatabase()
  db = openDb(database.url)
  const taskQueue = `secrets-${database.name}`
  const running = await startWhole({
    DATABASE_URL: database.url, TEMPORAL_ADDRESS: sharedTemporal(), TASK_QUEUE: taskQueue, ENCRYPTION_KEY,
    TILEWORK_ADMIN_KEY: ADMIN_KEY, VENDOR: vendor.toward(''), VENDOR_HTTP2: apple.toward(''), LOG_LEVEL: 'trace',
  }) // prettier-ignore
  try {
    url = running.url
    const given = accounts(smtp.port, `${vendor.toward('')}/hooks`)
    const { key } = await made('/api-keys', { name: 'k', scopes: ['read'] }, { 'idempotency-key': 'make a key' })
    const user = await made('/users', { name: 'Ada', email: 'ada@example.com', role: 'viewer' })
    const link = await made(`/users/${user.id}/sign-in-links`, undefined, { 'idempotency-key': 'make a link' })
    const crm = await made('/secrets', { name: 'crm', value: CRM }, { 'idempotency-key': 'make a secret' })
    const signing = await made('/secrets', { name: 'signing', value: `whsec_${Buffer.from('S3CRET-signing-of-32-characters-x').toString('base64')}` }) // prettier-ignore
    const hooked = hook('send', `${vendor.toward('')}/tile`, {
      headers: { Authorization: 'Bearer {{ secrets.crm }}', 'X-Plain': '{{ secrets.crm | upcase }}' },
      body: '{"hello":"{{ customer.id }}"}', secretId: signing.id, sign: true, save: { heard: '/message' }, retry: RETRY,
    }) // prettier-ignore
    const sendings: Sending[] = [await launched('webhook tile', hooked)]
    for (const account of given) sendings.push(await sendingBy(account))
    let count = 0
    for (mode of MODES) {
      if (mode === 'reset') for (const { trouble } of [vendor, apple]) trouble.push(...Array<'reset'>(given.length * 2).fill('reset'))
      // Often enough to open every circuit, at the end.
      const times = mode === 'unwell' ? 4 : 1
      await round(sendings, count, times)
      count += times
      for (const { trouble } of [vendor, apple]) trouble.length = 0
      await Promise.all(sendings.map(tried))
    }
    const { id: hookedJourney } = { id: sendings[0]!.journeyId }
    await call('POST', '/api/v1/templates/preview', { type: 'webhook', url: `${vendor.toward('')}/tile`, headers: hooked.config.headers, customer: {} }) // prettier-ignore
    for (const { journeyId } of sendings) await call('POST', `/api/v1/journeys/${journeyId}/test-runs`, {})
    // What is wrong is told without what was given.
    await call('POST', '/api/v1/destinations', { ...given[1], name: 'x', secrets: { apiKey: [CRM], [CRM]: 1 } })
    await call('POST', '/api/v1/secrets', { name: 'crm', value: CRM })
    await call('PUT', `/api/v1/secrets/${crm.id}`, { value: `${CRM}-new` })

    const [member] = await db.query<{ id: string }>('select id from member where journey_id = $1 limit 1', [hookedJourney])
    const [job] = await db.query<{ id: string }>('select id from job limit 1')
    const found = await crawl({
      journeys: hookedJourney, memberId: member!.id, destinations: sendings[1]!.destinationId!, customers: 'customer-1', n: '1',
      users: user.id, secrets: crm.id, jobs: job?.id ?? 'none', tileId: 'send', workspaces: 'wsp_default',
    }) // prettier-ignore
    for (const { journeyId, destinationId } of sendings) {
      await call('GET', `/api/v1/journeys/${journeyId}`)
      await call('GET', `/api/v1/journeys/${journeyId}/errors`)
      if (destinationId) await call('GET', `/api/v1/destinations/${destinationId}`)
      const { json } = await call('GET', `/api/v1/journeys/${journeyId}/members?limit=100`)
      for (const { id } of json.data) await call('GET', `/api/v1/journeys/${journeyId}/members/${id}/timeline`)
    }
    await tables()
    const members = await histories(taskQueue)
    read.push(['stdout', running.said.stdout], ['stderr', running.said.stderr])

    const seen = [...vendor.seen, ...apple.seen]
    expect(leaksIn(read, [key, link.url, ...tokens, ...letIn(seen), ...given.flatMap(({ secrets }) => keysIn(secrets))])).toEqual([])
    // It was all tried.
    expect(new Set(seen.map(({ host }) => host)).size).toBeGreaterThan(20)
    expect(members).toBe(sendings.length * count)
    expect([...found].filter(([path, status]) => status >= (MADE.test(path) ? 400 : 500))).toEqual([])
    const failing = await db.query('select from destination where exists (select from destination_circuit where destination_id = id)')
    // The test of a connection closes that of web-push, which has nobody to ask.
    expect(failing).toHaveLength(given.length - 1)
    expect(running.said.stdout.length).toBeGreaterThan(10_000)
  } finally {
    await running.kill()
    await smtp.close()
    await db.close()
    await database.drop()
  }
}, 300_000)

/** Private keys and the like, which do not say that they are secrets. */
const keysIn = (secrets: unknown): string[] =>
  typeof secrets === 'string'
    ? [secrets, ...secrets.split(/\n|\\n/)].filter((text) => text.length >= 32 && !text.startsWith('---') && !text.startsWith('{'))
    : Object.values(secrets as object).flatMap(keysIn)
