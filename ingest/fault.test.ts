import { TileworkError } from '../model/errors.js'
import { openDb } from '../store/db.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { faultOf, sqlState } from './fault.js'

let ingest: Ingest
beforeAll(async () => {
  ingest = await startIngest()
})
afterAll(() => ingest?.stop())

const failureOf = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: unknown) => error,
  )

const raising = (state: string) => `do $$ begin raise exception 'x' using errcode = '${state}'; end $$`

describe.each(['query', 'hot'] as const)('errors of %s', (way) => {
  test.each([
    ['22P05', 'event'],
    ['23505', 'event'],
    ['40P01', 'system'],
    ['53300', 'system'],
    ['57P01', 'system'],
  ])('%s is the fault of the %s', async (state, fault) => {
    const error = await failureOf(() => ingest.db[way](raising(state)))
    expect([sqlState(error), faultOf(error)]).toEqual([state, fault])
  })

  test('a server that is not there is a system', async () => {
    const nowhere = openDb('postgresql://nobody@127.0.0.1:1/none')
    expect(faultOf(await failureOf(() => nowhere[way]('select 1')))).toBe('system')
    await nowhere.close()
  })

  test('a connection that is cut is a system', async () => {
    expect(faultOf(await failureOf(() => ingest.db[way]('select pg_terminate_backend(pg_backend_pid())')))).toBe('system')
  })
})

test('a transaction that is cut or over is a system', async () => {
  const cut = ingest.db.tx(async (tx) => {
    await tx.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined)
    await tx.query('select 1')
  })
  expect(faultOf(await failureOf(() => cut))).toBe('system')
  expect(faultOf(Object.assign(new Error('Transaction API error'), { code: 'P2028' }))).toBe('system')
})

test('Temporal away is a system; what Temporal refuses is the event', () => {
  const unavailable = new TileworkError('unavailable', 'Temporal cannot be reached now.')
  expect(faultOf(unavailable)).toBe('system')
  unavailable.cause = new Error('Failed to start Workflow', { cause: Object.assign(new Error('bad'), { code: 3 }) })
  expect(faultOf(unavailable)).toBe('event')
  expect(faultOf(new TileworkError('too_large', 'The traits are too large.'))).toBe('event')
})

test('the rest', () => {
  expect(faultOf(new TypeError('x is not a function'))).toBe('event')
  expect(faultOf(new Error('what?'))).toBe('unknown')
  expect(faultOf('nothing')).toBe('unknown')
})
