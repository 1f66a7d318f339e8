import { entry, eventually, exit, row, wait } from '../support/canvas.js'
import { startServer, type RunningServer } from '../support/server.js'

/* What the API changes about a customer reaches the members, also when the process dies right after it committed. */

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server?.stop())

/** Until a trait or a membership is there; a day at the most. */
const waitFor = (when: unknown) =>
  row(
    [entry(), wait('w', { kind: 'condition', when, timeout: 'P1D' }), exit('met', 'met'), exit('late', 'late')],
    [
      { from: 'w', port: 'met', to: 'met' },
      { from: 'w', port: 'timeout', to: 'late' },
    ],
  )

async function waiting(when: unknown, customerId: string): Promise<string> {
  const journeyId = await server.launch(waitFor(when))
  const memberId = await server.enter({ journeyId, customerId })
  await eventually(
    () => server.db.query(`select 1 as there from step where member_id = $1 and tile_id = 'w'`, [memberId]),
    (rows) => rows.length === 1,
  )
  return memberId
}

const exited = (memberId: string) =>
  eventually(
    () =>
      server.db.query<{ reason: string; at: Date }>('select exit_reason as reason, exited_at as at from member where id = $1', [memberId]),
    ([member]) => member!.reason !== null,
  ).then(([member]) => member!)

const gold = { trait: 'plan', op: 'eq', value: 'gold' }

test('a changed trait ends a wait at once', async () => {
  const memberId = await waiting(gold, 'ada')
  const from = Date.now()
  expect((await server.call('PUT', '/customers/ada', { traits: { plan: 'gold' } })).status).toBe(200)
  const { reason, at } = await exited(memberId)
  expect(reason).toBe('met')
  // On an idle system some 50 ms; this machine may be busy with other tests.
  expect(at.getTime() - from).toBeLessThan(5_000)
})

test('a changed membership ends a wait', async () => {
  const { body } = await server.call('POST', '/audiences', { name: 'Beta' })
  const memberId = await waiting({ audience: body.id, op: 'in' }, 'grace')
  await server.call('POST', `/audiences/${body.id}/members`, { add: ['grace', 'nobody'] })
  expect((await exited(memberId)).reason).toBe('met')
})

test('a change of a process that died after its commit is reacted to by the next router, once', async () => {
  const memberId = await waiting(gold, 'edsger')
  await server.withoutRouter(async () => {
    await server.call('PUT', '/customers/edsger', { traits: { plan: 'gold' } })
    expect(await server.db.query(`select id from event where customer_id = 'edsger' and routed_at is null`)).toHaveLength(1)
    expect(await server.db.query(`select id from member where id = $1 and exit_reason is null`, [memberId])).toHaveLength(1)
  })
  expect((await exited(memberId)).reason).toBe('met')
})
