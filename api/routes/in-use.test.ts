import { startTestApi, type TestApi } from '../../test/support/api.js'
import { entry, exit, hook, row, send, tile, wait } from '../../test/support/canvas.js'

/* What a live orchestration names cannot be deleted. */

let test_: TestApi
beforeAll(async () => {
  test_ = await startTestApi()
}, 60_000)
afterAll(() => test_?.stop())

async function made(path: string, body: unknown): Promise<string> {
  const { status, body: answer } = await test_.api('POST', path, { body })
  expect([status, answer]).toEqual([201, expect.anything()])
  return (answer as { id: string }).id
}
const active = async (canvas: object): Promise<string> => {
  const id = await made('/journeys', { name: 'User', ...canvas })
  const answer = await test_.api('POST', `/journeys/${id}/activate`)
  expect([answer.status, answer.body.errors]).toEqual([200, undefined])
  return id
}
const audience = () => made('/audiences', { name: 'List' })
const destination = () => made('/destinations', { name: 'Post', type: 'sandbox' })
const secret = (name: string) => made('/secrets', { name, value: `whsec_${'a'.repeat(32)}` })
const PATHS = { audience: '/audiences', destination: '/destinations', secret: '/secrets', orchestration: '/journeys', topic: '/topics' }

const inList = (audienceId: string) => ({ audience: audienceId, op: 'in' })
const conditional = (when: object) =>
  row(
    [entry(), tile('b', 'branch', { kind: 'condition', paths: [{ id: 'a', when }] }), exit()],
    [
      { from: 'b', port: 'a', to: 'done' },
      { from: 'b', port: 'else', to: 'done' },
    ],
  )
const plain = (settings = {}) => row([entry(), wait('w', { kind: 'duration', duration: 'P1D' }), exit()], [], settings)

/** What is made, and the canvas that names it. */
const CASES: [string, keyof typeof PATHS, () => Promise<string>, (id: string) => object][] = [
  ['a list that enters', 'audience', audience, (audienceId) => row([entry({ type: 'audience', audienceId }), exit()])],
  ['an audience deep in a condition', 'audience', audience, (id) => conditional({ any: [{ not: { all: [inList(id)] } }] })],
  ['an audience of an exit criterion', 'audience', audience, (id) => plain({ exitCriteria: [{ name: 'In', when: inList(id) }] })],
  ['an audience of the goal', 'audience', audience, (id) => plain({ goal: { name: 'In', when: inList(id) } })],
  ['a destination', 'destination', destination, (destinationId) => row([entry(), send('s', 'Hi', { destinationId }), exit()])],
  ['a topic', 'topic', () => made('/topics', { name: 'News' }), (topic) => row([entry(), send('s', 'Hi', { topic }), exit()])],
  ['a secret that signs', 'secret', () => secret('signs'), (secretId) => row([entry(), hook('h', 'https://example.com', { sign: true, secretId }), exit()])],
  ['a secret in a header', 'secret', () => secret('head'), () => row([entry(), hook('h', 'https://example.com', { headers: { 'x-key': 'Key {{ secrets.head }}' } }), exit()])],
  ['an orchestration that it enters', 'orchestration', () => made('/journeys', { name: 'Inner', ...plain() }), (orchestrationId) => row([entry(), tile('sub', 'subOrchestration', { orchestrationId, mode: 'continue' }), exit()])],
] // prettier-ignore

test.each(CASES)('%s', async (_, kind, make, canvas) => {
  const id = await make()
  const path = `${PATHS[kind]}/${id}`
  const user = await active(canvas(id))
  const refused = await test_.api('DELETE', path)
  expect([refused.status, refused.body]).toEqual([409, expect.objectContaining({ usedBy: [{ id: user, name: 'User' }] })])
  expect(refused.body.detail).toContain(`'User' (${user})`)
  const used = async () => (await test_.api('GET', `${path}/used-by`)).body
  const named = { id: user, name: 'User', type: 'orchestration', status: 'active', blocks: true }
  expect(await used()).toEqual({ data: [named], nextCursor: null })
  await test_.api('POST', `/journeys/${user}/pause`)
  expect((await test_.api('DELETE', path)).status).toBe(409)
  await test_.api('POST', `/journeys/${user}/complete`)
  expect((await used()).data).toEqual([])
  expect((await test_.api('DELETE', path)).status).toBe(204)
})

test('drafts hold nothing; a version that members still walk does', async () => {
  const id = await audience()
  await made('/journeys', { name: 'Draft', ...conditional(inList(id)) })
  const user = await active(plain({ goal: { name: 'In', when: inList(id) } }))
  await test_.db.query(
    `insert into member (id, workspace_id, journey_id, version, customer_id, trigger_id, tile_id, arrived_at)
     values ('mem_a', 'wsp_default', $1, 1, 'ada', 't', 'w', now())`,
    [user],
  )
  await test_.api('POST', `/journeys/${user}/versions`, { body: plain() })
  expect((await test_.api('POST', `/journeys/${user}/versions/2/publish`, { body: { plan: {}, default: 'stay' } })).status).toBe(202)
  expect((await test_.api('DELETE', `/audiences/${id}`)).status).toBe(409)
  await test_.db.query(`update member set status = 'exited' where id = 'mem_a'`)
  expect((await test_.api('DELETE', `/audiences/${id}`)).status).toBe(204)
})

test('a longer name of a secret is another secret', async () => {
  const [short, long] = [await secret('api'), await secret('api-key')]
  await active(row([entry(), hook('h', 'https://example.com', { headers: { 'x-key': '{{ secrets.api-key }}' } }), exit()]))
  expect((await test_.api('DELETE', `/secrets/${short}`)).status).toBe(204)
  expect((await test_.api('DELETE', `/secrets/${long}`)).status).toBe(409)
})

test('who uses it tells drafts, that do not block, from what does; audiences too; page by page', async () => {
  const id = await audience()
  const draft = await made('/journeys', { name: 'Draft', ...conditional(inList(id)) })
  const live = await active(plain({ goal: { name: 'In', when: inList(id) } }))
  await test_.api('POST', `/journeys/${live}/versions`)
  const other = await made('/audiences', { name: 'Other', kind: 'condition', when: { not: inList(id) } })
  const of = {
    draft: [draft, 'orchestration', 'draft', false],
    live: [live, 'orchestration', 'active', true],
    other: [other, 'audience', null, true],
  }
  const found: unknown[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await test_.api('GET', `/audiences/${id}/used-by?limit=1${cursor && `&cursor=${cursor}`}`)
    found.push(...body.data.map((each: Record<string, unknown>) => [each.id, each.type, each.status, each.blocks]))
    cursor = body.nextCursor
  }
  expect(found).toEqual([of.live, of.draft, of.other])

  const post = await destination()
  await active(row([entry(), send('s', 'Hi', { destinationId: post }), send('t', 'Hi', { destinationId: post }), exit()]))
  const [unused, elsewhere] = [await audience(), await test_.as(['read'], 'wsp_other')]
  const uses = async (path: string, ids: string, api = test_.api) =>
    (await api('GET', `${path}/used-by?ids=${ids}`)).body.data.map(({ id, count, users }: Uses) => [id, count, users.map((each) => [each.id, each.type, each.status])]) // prettier-ignore
  expect(await uses('/audiences', `${id},${unused},${other}`)).toEqual([
    [id, 3, [of.live, of.draft, of.other].map((each) => each.slice(0, 3))],
  ])
  expect(await uses('/audiences', unused)).toEqual([])
  expect(await uses('/destinations', `${post},sandbox`)).toEqual([[post, 1, [[expect.any(String), 'orchestration', 'active']]]])
  expect(await uses('/audiences', id, elsewhere)).toEqual([])
  expect((await test_.api('GET', '/audiences/used-by')).body.errors[0].path).toBe('?ids')
})

interface Uses {
  id: string
  count: number
  users: { id: string; type: string; status: string | null }[]
}
