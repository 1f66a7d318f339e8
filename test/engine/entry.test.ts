import { entry, eventually, exit, row, send, tile, wait } from '../support/canvas.js'
import { startServer, type RunningServer } from '../support/server.js'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server?.stop())

/** Calls the API; fails unless it answers `status`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function call(method: string, path: string, body?: unknown, status = 200): Promise<any> {
  const answer = await server.call(method, path, body)
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as unknown
}

async function draft(canvas: object, name = 'Entry'): Promise<string> {
  return ((await call('POST', '/journeys', { name, ...canvas }, 201)) as { id: string }).id
}
async function active(canvas: object): Promise<string> {
  const id = await draft(canvas)
  await call('POST', `/journeys/${id}/activate`)
  return id
}
const list = async (...add: string[]): Promise<string> => {
  const { id } = await call('POST', '/audiences', { name: 'List' }, 201)
  await join(id, ...add)
  return id as string
}
const join = (audience: string, ...add: string[]) => call('POST', `/audiences/${audience}/members`, { add })
const stats = (id: string) => call('GET', `/journeys/${id}/stats`)
const exited = (id: string, n: number) => eventually(() => stats(id), ({ members }) => members.exited === n) // prettier-ignore

/** Who was sent what, in order. */
const sent = async (journeyId: string): Promise<string[]> =>
  (
    await server.db.query<{ customerId: string }>(
      `select s.customer_id as "customerId" from sandbox_message s join member m on m.id = s.member_id where m.journey_id = $1 order by s.id`,
      [journeyId],
    )
  ).map(({ customerId }) => customerId)

const greeting = (...triggers: object[]) => row([entry(...triggers), send('hi', 'Hi'), exit()], [], { reentry: { mode: 'always' } })

test('a list that is included enters at activation, and who joins later as they join', async () => {
  const audience = await list('ada', 'bob')
  const id = await active(greeting({ type: 'audience', audienceId: audience, includeExisting: true }))
  await exited(id, 2)
  await join(audience, 'cy', 'ada')
  await exited(id, 3)
  expect((await sent(id)).sort()).toEqual(['ada', 'bob', 'cy'])
  const other = await active(greeting({ type: 'audience', audienceId: audience, includeExisting: false }))
  await join(audience, 'dan')
  await exited(other, 1)
  await exited(id, 4)
  expect(await sent(other)).toEqual(['dan'])
  expect((await call('GET', '/customers/dan/events')).data).toEqual([])
}, 60_000)

test('a later version with the same list does not include it again; one that includes another does', async () => {
  const [audience, other] = [await list('ada'), await list('bob', 'cy')]
  const including = (...ids: string[]) => greeting(...ids.map((audienceId) => ({ type: 'audience', audienceId, includeExisting: true })))
  const id = await active(including(audience))
  await exited(id, 1)
  await call('POST', `/journeys/${id}/versions`, including(audience, other), 201)
  await call('POST', `/journeys/${id}/versions/2/publish`, { plan: {}, default: 'stay' }, 202)
  await exited(id, 3)
  await join(audience, 'dan')
  await exited(id, 4)
  expect((await sent(id)).sort()).toEqual(['ada', 'bob', 'cy', 'dan'])
  const jobs = await server.db.query<{ total: number }>(`select total from job where subject = $1 and kind = 'enrol' order by id`, [id])
  expect(jobs).toEqual([{ total: 1 }, { total: 2 }])
}, 60_000)

test('a pause that queues: entries by event, by hand and by joining wait for the resume; nothing of it shows before', async () => {
  const audience = await list()
  const id = await active(greeting({ type: 'manual' }, { type: 'event', event: 'queued_up' }, { type: 'audience', audienceId: audience }))
  const before = await call('GET', `/journeys/${id}`)
  const paused = await call('POST', `/journeys/${id}/pause`, { entries: 'queue' })
  expect(Object.keys(paused).sort()).toEqual([...Object.keys(before), 'inFlight'].sort())
  const { jobId } = await call('POST', `/journeys/${id}/members`, { customerIds: ['by-hand-1', 'by-hand-2'] }, 202)
  await join(audience, 'by-join')
  const tracked = await fetch(`${server.url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ writeKey: server.writeKey, userId: 'by-event', event: 'queued_up', messageId: 'queued-1' }),
  })
  expect(tracked.status).toBe(200)
  const queued = () => server.db.query<{ id: string }>('select id::text as id from queued_entry where journey_id = $1', [id])
  await eventually(queued, (rows) => rows.length === 4)
  expect(await call('GET', `/jobs/${jobId}`)).toMatchObject({ status: 'running', total: 2, done: 0, entered: 0, queued: 2 })
  expect(await stats(id)).toMatchObject({ members: { entered: 0 }, refused: {} })
  expect(await call('POST', `/journeys/${id}/resume`, {})).toMatchObject({ status: 'active', held: 0 })
  await exited(id, 4)
  expect((await sent(id)).sort()).toEqual(['by-event', 'by-hand-1', 'by-hand-2', 'by-join'])
  const done = await eventually(
    () => call('GET', `/jobs/${jobId}`),
    ({ status }) => status === 'done',
  )
  expect(done).toEqual({ id: jobId, status: 'done', total: 2, done: 2, entered: 2, refused: {} })
}, 60_000)

test('completing while paused drops the queue, counted as completed', async () => {
  const id = await active(greeting())
  await call('POST', `/journeys/${id}/pause`, { entries: 'queue' })
  const { jobId } = await call('POST', `/journeys/${id}/members`, { customerIds: ['late-1', 'late-2'] }, 202)
  await eventually(
    () => call('GET', `/jobs/${jobId}`),
    ({ queued }) => queued === 2,
  )
  await call('POST', `/journeys/${id}/complete`, {})
  const done = await eventually(
    () => call('GET', `/jobs/${jobId}`),
    ({ status }) => status === 'done',
  )
  expect(done).toMatchObject({ total: 2, done: 2, entered: 0, refused: { completed: 2 } })
  expect(await stats(id)).toMatchObject({ members: { entered: 0 }, refused: { completed: 2 } })
}, 60_000)

test('a sub-orchestration: both histories and the child name each other', async () => {
  const inner = await active(row([entry(), wait('w', { kind: 'duration', duration: 'P1D' }), exit()]))
  const outer = await active(row([entry(), tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'continue' }), exit()]))
  await call('POST', `/journeys/${outer}/members`, { customerIds: ['linked'] }, 202)
  await exited(outer, 1)
  const { data: parents } = await call('GET', `/journeys/${outer}/members`)
  const { data: children } = await call('GET', `/journeys/${inner}/members`)
  const [parent, child] = [parents[0], children[0]]
  const link = { parentMemberId: parent.id, parentOrchestrationId: outer, parentTileId: 'sub' }
  expect(child).toMatchObject(link)
  expect(parent).not.toHaveProperty('parentMemberId')
  const above = await call('GET', `/journeys/${outer}/members/${parent.id}/timeline`)
  expect(above.data).toContainEqual({ at: expect.any(String), tileId: 'sub', visit: 1, event: 'entered', childMemberId: child.id, orchestrationId: inner }) // prettier-ignore
  const below = await call('GET', `/journeys/${inner}/members/${child.id}/timeline`)
  expect(below.data[0]).toMatchObject({ event: 'arrived', tileId: 'entry', ...link })
  await call('POST', `/journeys/${inner}/members/${child.id}/exit`, {})
}, 60_000)
