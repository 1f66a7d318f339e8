import { pino } from 'pino'
import { createKey, createSignInLink, endSession, revokeKey, useSignInLink } from '../../store/keys.js'
import { enrol } from '../../store/enrol.js'
import { DEFAULT_WORKSPACE as WS } from '../../store/workspaces.js'
import { ADMIN_KEY, startTestApi, type TestApi } from '../../test/support/api.js'
import { entry, eventually, exit, row, wait } from '../../test/support/canvas.js'
import { LiveHub } from '../live/hub.js'

/* The stream of an orchestration. The hub polls fast here; that it polls once a second is its constant. */

const hub = new LiveHub(pino({ level: 'silent' }), { pollMs: 20, recheckMs: 20, heartbeatMs: 30, perViewer: 3, perProcess: 5 })
let test: TestApi
beforeAll(async () => {
  test = await startTestApi({ live: hub })
})
afterEach(async () => {
  for (const stream of open.splice(0)) stream.abort()
  await nothingRuns()
})
afterAll(() => test.stop())

const nothingRuns = () =>
  eventually(
    () => Promise.resolve(hub.running),
    ({ channels, streams }) => channels + streams === 0,
  )

/** What came over a stream. */
interface Stream {
  status: number
  headers: Headers
  text: string
  over: boolean
  abort(): void
  /** The data of the events of a name, so far. */
  events(name?: string): any[] // eslint-disable-line @typescript-eslint/no-explicit-any
  lastId(): string | undefined
}

const open: Stream[] = []
const bearer = (key = ADMIN_KEY) => ({ authorization: `Bearer ${key}` })

async function watch(journeyId: string, headers: Record<string, string> = bearer()): Promise<Stream> {
  const aborter = new AbortController()
  const answer = await fetch(`${test.url}/api/v1/journeys/${journeyId}/live`, { headers, signal: aborter.signal })
  const stream: Stream = {
    status: answer.status,
    headers: answer.headers,
    text: '',
    over: false,
    abort: () => aborter.abort(),
    events: (name = 'state') =>
      [...stream.text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)]
        .filter(([, event]) => event === name)
        .map(([, , data]) => JSON.parse(data!)),
    lastId: () => [...stream.text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1],
  }
  open.push(stream)
  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of answer.body!) stream.text += decoder.decode(chunk as Uint8Array, { stream: true })
  })()
    .catch(() => undefined)
    .finally(() => (stream.over = true))
  return stream
}

const until = (stream: Stream, satisfies: (events: ReturnType<Stream['events']>) => boolean) =>
  eventually(() => Promise.resolve(stream.events()), satisfies)

async function active(): Promise<string> {
  const canvas = row([entry(), wait('wait', { kind: 'duration', duration: 'P1D' }), exit()])
  const { body } = await test.api('POST', '/journeys', { body: { name: 'Welcome', ...canvas } })
  await test.api('POST', `/journeys/${body.id}/activate`)
  return body.id as string
}

let serial = 0
const enter = (journeyId: string) => enrol(test.db, { workspaceId: WS, journeyId, customerId: `c${serial}`, triggerId: `live:${serial++}` })

const session = async (): Promise<string> => (await useSignInLink(test.db, await createSignInLink(test.db, WS)))!

it('tells what is, and what changes: counts, the pause, errors', async () => {
  const id = await active()
  const stream = await watch(id)
  expect([stream.status, stream.headers.get('content-type'), stream.headers.get('cache-control')]).toEqual([
    200,
    'text/event-stream',
    'private, no-store',
  ])
  const [first] = await until(stream, ({ length }) => length === 1)
  expect(first).toMatchObject({ status: 'active', version: 1, paused: null, inFlight: 0, held: 0, errors: { retrying: 0, parked: 0 } })
  expect(first.stats).toMatchObject({ members: { entered: 0 }, tiles: { entry: { here: 0 } } })
  expect(stream.text).toMatch(/^retry: \d+\n\n/)

  const entered = await enter(id)
  await until(stream, (events) => events.at(-1).stats.members.active === 1)
  if (!('memberId' in entered)) throw new Error('It did not enter.')
  await test.db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state, error_code)
     values ('k1', $1, 'wait', 1, $2, $3, 'x', 'a', 'pending', 'http_500'), ('k2', $1, 'wait', 2, $2, $3, 'x', 'a', 'sending', null)`,
    [entered.memberId, WS, id],
  )
  await until(stream, (events) => events.at(-1).inFlight === 1 && events.at(-1).errors.retrying === 1)
  await test.db.query('delete from delivery')
  await test.api('POST', `/journeys/${id}/pause`, { body: { clocks: 'freeze', entries: 'queue' } })
  const paused = (await until(stream, (events) => events.at(-1).status === 'paused')).at(-1)
  expect(paused.paused).toEqual({
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    by: 'key:admin',
    clocks: 'freeze',
    entries: 'queue',
    queued: 0,
  })
  await test.api('POST', `/journeys/${id}/resume`)
  await until(stream, (events) => events.at(-1).status === 'active' && events.at(-1).paused === null)
})

it('says nothing while nothing changes, but that it lives', async () => {
  const id = await active()
  const stream = await watch(id)
  await eventually(
    () => Promise.resolve(stream.text.match(/^: still here$/gm)?.length ?? 0),
    (beats) => beats >= 5,
  )
  expect(stream.events()).toHaveLength(1)
})

it('goes on where it was: nothing is repeated to who has seen it, and what has changed comes at once', async () => {
  const id = await active()
  const before = await watch(id)
  await until(before, ({ length }) => length === 1)
  before.abort()
  await nothingRuns()
  for (const other of [0, 1]) {
    // The second comes back to a poll that runs already.
    if (other === 1) await until(await watch(id), ({ length }) => length === 1)
    const back = await watch(id, { ...bearer(), 'last-event-id': before.lastId()! })
    await eventually(
      () => Promise.resolve(back.text),
      (text) => text.includes('still here\n\n: still here'),
    )
    expect(back.events()).toEqual([])
    back.abort()
  }
  await enter(id)
  const late = await watch(id, { ...bearer(), 'last-event-id': before.lastId()! })
  await until(late, (events) => events.at(-1)?.stats.members.entered === 1)
})

it('polls once for all who look at the same, and not at all when nobody does', async () => {
  const [one, other] = [await active(), await active()]
  const streams = [await watch(one), await watch(one), await watch(other, { cookie: `tilework_session=${await session()}` })]
  for (const stream of streams) await until(stream, ({ length }) => length === 1)
  expect(hub.running).toEqual({ channels: 2, streams: 3 })
  streams[0]!.abort()
  await eventually(
    () => Promise.resolve(hub.running),
    ({ streams }) => streams === 2,
  )
  expect(hub.running.channels).toBe(2)
  await enter(one)
  await until(streams[1]!, (events) => events.at(-1).stats.members.entered === 1)
  for (const stream of streams) stream.abort()
  await nothingRuns()
})

it('ends when the session ends or the key is revoked, and says so', async () => {
  const id = await active()
  const cookie = await session()
  const key = await createKey(test.db, WS, { name: 'monitor', scopes: ['read'] })
  const streams = [await watch(id, { cookie: `tilework_session=${cookie}` }), await watch(id, bearer(key.key))]
  for (const stream of streams) await until(stream, ({ length }) => length === 1)
  await endSession(test.db, cookie)
  await revokeKey(test.db, WS, key.id)
  for (const stream of streams) {
    await eventually(
      () => Promise.resolve(stream.over),
      (over) => over,
    )
    expect(stream.events('end')).toEqual([{ reason: 'signed_out' }])
  }
  await nothingRuns()
})

it('ends when the orchestration is deleted, and when the server stops', async () => {
  const { body } = await test.api('POST', '/journeys', { body: { name: 'Draft' } })
  const [draft, live] = [await watch(body.id), await watch(await active())]
  for (const stream of [draft, live]) await until(stream, ({ length }) => length === 1)
  await test.api('DELETE', `/journeys/${body.id}`)
  await eventually(
    () => Promise.resolve(draft.over),
    (over) => over,
  )
  expect(draft.events('end')).toEqual([{ reason: 'gone' }])
  hub.close()
  await eventually(
    () => Promise.resolve(live.over),
    (over) => over,
  )
})

it('refuses streams beyond the limit, of one key and of all, and takes another when one has gone', async () => {
  const id = await active()
  const first = await watch(id)
  for (let n = 0; n < 2; n++) await watch(id)
  const refused = await test.api('GET', `/journeys/${id}/live`)
  expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([429, 'rate_limited', '5'])
  expect(refused.body.detail).toContain('3 is the limit of one key')
  const cookie = { cookie: `tilework_session=${await session()}` }
  await watch(id, cookie)
  await watch(id, cookie)
  const full = await fetch(`${test.url}/api/v1/journeys/${id}/live`, { headers: cookie })
  expect([full.status, ((await full.json()) as { detail: string }).detail]).toEqual([429, expect.stringContaining('This server')])
  first.abort()
  await eventually(
    () => Promise.resolve(hub.running.streams),
    (streams) => streams === 4,
  )
  expect((await watch(id)).status).toBe(200)
})

it('answers HEAD without opening one, and needs the orchestration and the scope', async () => {
  const id = await active()
  const head = await fetch(`${test.url}/api/v1/journeys/${id}/live`, { method: 'HEAD', headers: bearer() })
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  await nothingRuns()
  expect((await test.api('GET', '/journeys/jrn_nope/live')).status).toBe(404)
  expect((await (await test.as(['write']))('GET', `/journeys/${id}/live`)).status).toBe(403)
})
