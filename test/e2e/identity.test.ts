import { getCustomer } from '../../store/customers.js'
import { listMessages } from '../../store/sandbox.js'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
import { WORKSPACE } from '../support/rig.js'
import { startServer, type RunningServer } from '../support/server.js'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server?.stop())

const say = async (type: string, body: Record<string, unknown>): Promise<void> => {
  const { status } = await fetch(`${server.url}/v1/${type}`, {
    method: 'POST',
    body: JSON.stringify({ ...body, writeKey: server.writeKey }),
  })
  expect(status).toBe(200)
}
const at = (memberId: string, tile: string) =>
  eventually(
    () => server.db.query<{ tile: string }>('select tile_id as tile from member where id = $1', [memberId]),
    ([member]) => member?.tile === tile,
  )
const memberOf = async (journeyId: string, customerId: string): Promise<string> => {
  const path = `/journeys/${journeyId}/members?customerId=${customerId}`
  const { body } = await eventually(
    () => server.call('GET', path),
    (answer) => answer.body.data.length > 0,
  )
  return body.data[0].id as string
}
const canvas = (event: string) =>
  row(
    [
      entry({ type: 'event', event }),
      wait('order', { kind: 'event', event: 'Bought', timeout: 'P1D' }),
      send('thanks', 'Thanks {{ customer.traits.name | default: "you" }} ({{ customer.id }})'),
      exit(),
    ],
    [
      { from: 'order', port: 'met', to: 'thanks' },
      { from: 'order', port: 'timeout', to: 'done' },
    ],
  )

test('an anonymous member goes on under the customer: waits, templates and the timeline', async () => {
  const journeyId = await server.launch(canvas('Looked'))
  await say('track', { anonymousId: 'visitor', event: 'Looked' })
  const memberId = await memberOf(journeyId, 'visitor')
  await at(memberId, 'order')
  await say('identify', { anonymousId: 'visitor', userId: 'ada', traits: { name: 'Ada' } })
  await eventually(
    () => server.call('GET', '/customers/visitor'),
    ({ body }) => body.id === 'ada',
  )
  await say('track', { userId: 'ada', event: 'Bought' })
  expect(await server.finished(memberId)).toBe('completed')
  const [message] = (await listMessages(server.db, WORKSPACE, { customerId: 'visitor' })).data
  expect(message).toMatchObject({ customerId: 'ada', fields: { subject: 'Thanks Ada (ada)' } })
  const { body } = await server.call('GET', `/journeys/${journeyId}/members/${memberId}/timeline`)
  expect(body.data).toContainEqual(expect.objectContaining({ event: 'merged', cause: { previousId: 'visitor', customerId: 'ada' } }))
}, 60_000)

test('of two members who meet, the later one exits as merged, and names the other', async () => {
  const journeyId = await server.launch(canvas('Looked twice'))
  await say('track', { anonymousId: 'early', event: 'Looked twice' })
  const first = await memberOf(journeyId, 'early')
  await at(first, 'order')
  await say('track', { userId: 'grace', event: 'Looked twice' })
  const second = await memberOf(journeyId, 'grace')
  await at(second, 'order')
  await say('alias', { previousId: 'early', userId: 'grace' })
  expect(await server.finished(second)).toBe('merged')
  const { body } = await server.call('GET', `/journeys/${journeyId}/members/${second}/timeline`)
  expect(body.data.at(-1)).toMatchObject({ event: 'exited', reason: 'merged', cause: { memberId: first } })
  await say('track', { userId: 'grace', event: 'Bought' })
  expect(await server.finished(first)).toBe('completed')
  const stats = await server.call('GET', `/journeys/${journeyId}/stats`)
  expect(stats.body.members).toMatchObject({ entered: 2, exited: 2 })
}, 60_000)

/** What an accepted event did to identity and traits, in the order in which it was received. */
interface Said {
  type: 'track' | 'identify' | 'alias'
  userId?: string
  anonymousId?: string
  previousId?: string
  traits?: Record<string, unknown>
  ms: number
}

/** Plainly: who becomes whom, and of each trait the latest write. */
function reference(log: readonly Said[]): Map<string, { id: string; traits: Record<string, unknown> }> {
  const alias = new Map<string, string>()
  const who = (id: string): string => alias.get(id) ?? id
  const join = (from: string, into: string): void => {
    if (who(from) === who(into)) return
    const [gone, kept] = [who(from), who(into)]
    for (const [id, to] of alias) if (to === gone) alias.set(id, kept)
    alias.set(gone, kept)
  }
  for (const { userId, anonymousId, previousId } of log) {
    if (userId && anonymousId) join(anonymousId, userId)
    if (userId && previousId) join(previousId, userId)
  }
  const writes = new Map<string, Map<string, { value: unknown; ms: number }>>()
  for (const { userId, anonymousId, traits = {}, ms } of log) {
    const id = who((userId ?? anonymousId)!)
    const of = writes.get(id) ?? new Map<string, { value: unknown; ms: number }>()
    writes.set(id, of)
    for (const [name, value] of Object.entries(traits)) if ((of.get(name)?.ms ?? -1) <= ms) of.set(name, { value, ms })
  }
  const traitsOf = (id: string) =>
    Object.fromEntries([...(writes.get(id) ?? [])].flatMap(([name, { value }]) => (value === null ? [] : [[name, value]])))
  const ids = new Set(log.flatMap(({ userId, anonymousId }) => [userId, anonymousId]).filter((id) => id !== undefined))
  return new Map([...ids].map((id) => [id, { id: who(id), traits: traitsOf(who(id)) }]))
}

test('whatever is sent, repeated and out of order by many at once: profiles end as a plain reference says', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9)
  let state = seed || 1
  const random = (n: number): number => (state = (state * 48_271) % 2_147_483_647) % n
  const from = Date.now() - 3_600_000
  // Each family: two devices, one user, and an older user who becomes it by alias.
  const said: Said[] = Array.from({ length: 400 }, (_, n) => {
    const family = random(12)
    const [user, old, device] = [`user-${family}`, `old-${family}`, `device-${family}-${random(2)}`]
    const ms = from + n * 10
    const traits = { [`t${random(4)}`]: [n, `x${n}`, null, true][random(4)] }
    const kind = random(10)
    if (kind < 3) return { type: 'identify', anonymousId: device, traits, ms }
    if (kind < 5) return { type: 'track', anonymousId: device, ms }
    if (kind < 7) return { type: 'identify', userId: user, ...(random(2) && { anonymousId: device }), traits, ms }
    if (kind < 8) return { type: 'identify', userId: old, traits, ms }
    if (kind < 9) return { type: 'track', userId: user, anonymousId: device, ms }
    return { type: 'alias', previousId: old, userId: user, ms }
  })
  const bodies = said.map(({ ms, ...event }, n) => ({
    ...event,
    messageId: `${seed}-${n}`,
    timestamp: new Date(ms).toISOString(),
    ...(event.type === 'track' && { event: 'Looked at it' }),
  }))
  // Eight senders; each shuffles within its window, and repeats some.
  await Promise.all(
    Array.from({ length: 8 }, async (_, sender) => {
      const own = bodies.filter((_, n) => n % 8 === sender)
      for (let n = 0; n < own.length; n += 10) {
        const batch = own.slice(n, n + 10).sort(() => random(3) - 1)
        await say('batch', { batch: [...batch, ...batch.slice(0, random(4))] })
      }
    }),
  )
  await eventually(
    () => server.db.query('select 1 as one from event where routed_at is null'),
    ({ length }) => length === 0,
  )
  const kept = await server.db.query<{ messageId: string }>(
    `select message_id as "messageId" from event where message_id like $1 order by id`,
    [`${seed}-%`],
  )
  expect(kept).toHaveLength(said.length)
  const want = reference(kept.map(({ messageId }) => said[Number(messageId.split('-')[1])]!))
  for (const [id, customer] of want) {
    const found = await getCustomer(server.db, WORKSPACE, id).catch(() => ({ id: customer.id, traits: {} }))
    expect({ seed, asked: id, id: found.id, traits: found.traits }).toEqual({ seed, asked: id, ...customer })
  }
}, 90_000)
