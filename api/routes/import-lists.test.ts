import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'
import { judgingAround } from '../../ingest/audiences.js'
import { mergeTraits } from '../../store/customers.js'
import { importChunk } from '../../store/imports.js'
import { finishJob } from '../../store/jobs.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'

/* What customers said elsewhere, and addresses that are not written to, by file. */

let test: TestApi
let api: Caller
let news: string
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())
beforeEach(async () => {
  await test.db.query('truncate customer, suppression, topic, job, job_error, import_chunk cascade')
  news = (await api('POST', '/topics', { body: { name: 'News' } })).body.id as string
  for (const id of ['ada', 'bob']) await mergeTraits(test.db, DEFAULT_WORKSPACE, id, {})
})

type List = 'subscriptions' | 'suppressions'
const upload = (list: List, text: string, query = '') => api('POST', `/${list}/import${query}`, { raw: { type: 'text/csv', text } })

/** What the worker does. */
async function work(jobId: string): Promise<void> {
  while (await importChunk(test.db, jobId, judgingAround()));
  await finishJob(test.db, jobId)
}

interface Done {
  job: { total: number; done: number; refused: Record<string, number> }
  errors: { row: number; value: string; message: string }[]
}

async function imported(list: List, text: string): Promise<Done> {
  const { status, body } = await upload(list, text)
  expect([status, body.detail]).toEqual([202, undefined])
  await work(body.jobId as string)
  const lines = (await api('GET', `/jobs/${body.jobId}/errors`)).text.split('\n').filter((line) => line !== '')
  return { job: (await api('GET', `/jobs/${body.jobId}`)).body, errors: lines.map((line) => JSON.parse(line) as Done['errors'][number]) }
}

const said = async (id = 'ada') => (await api('GET', `/customers/${id}/subscriptions`)).body.subscriptions
const history = async (id = 'ada') =>
  ((await api('GET', `/customers/${id}/subscriptions/history`)).body.data as { old: string; new: string; at: string; via: string }[])
    .map((each) => [each.old, each.new, each.at.slice(0, 10), each.via])
    .reverse()
const today = () => new Date().toISOString().slice(0, 10)
const say = (state: string | null, topic?: string) =>
  api('PUT', '/customers/ada/subscriptions', { body: { subscriptions: [{ channel: 'email', topic, state }], via: 'page' } })

describe('subscriptions', () => {
  it('are written with their instants, of channels and of topics by name or id, and journalled', async () => {
    const file = `Topic,id,channel,state,at,via
,ada,email,subscribed,2024-01-02,braze
news,ada,EMAIL,Unsubscribed,2024-03-04T10:00:00+02:00,
${news},bob,sms,subscribed,,iterable
`
    expect((await imported('subscriptions', file)).job).toMatchObject({ total: 3, done: 3, refused: {} })
    expect(await said()).toEqual([
      { channel: 'email', topic: null, state: 'subscribed', at: '2024-01-02T00:00:00.000Z', via: 'braze' },
      { channel: 'email', topic: news, state: 'unsubscribed', at: '2024-03-04T08:00:00.000Z', via: 'import' },
    ])
    expect(await said('bob')).toMatchObject([{ channel: 'sms', topic: news, state: 'subscribed', via: 'iterable' }])
    expect(await history()).toEqual([
      [null, 'subscribed', '2024-01-02', 'braze'],
      [null, 'unsubscribed', '2024-03-04', 'import'],
    ])
    expect((await api('GET', '/jobs?kind=import')).body.data).toMatchObject([{ imports: 'subscriptions', status: 'done' }])
  })

  it('of the same file twice change nothing', async () => {
    const file = `id,channel,state,at\nada,email,subscribed,2024-01-02\nada,email,unsubscribed,2024-02-03\nbob,email,unsubscribed,\n`
    await imported('subscriptions', file)
    const all = () => test.db.query('select * from subscription, subscription_change')
    const before = await all()
    const again = await imported('subscriptions', file)
    expect(await all()).toEqual(before)
    expect(again.errors).toEqual([
      { row: 2, value: 'ada', message: "'at': the customer said 'unsubscribed' at 2024-02-03T00:00:00.000Z, which is not before this; that holds." },
    ]) // prettier-ignore
    expect(again.job).toMatchObject({ done: 3, refused: { later_word: 1 } })
  })

  it('hold by when they were said, whatever the order of rows and files', async () => {
    await imported('subscriptions', 'id,channel,state,at\nada,email,unsubscribed,2024-03-01\nada,email,subscribed,2024-02-01\n')
    expect(await history()).toEqual([
      [null, 'subscribed', '2024-02-01', 'import'],
      ['subscribed', 'unsubscribed', '2024-03-01', 'import'],
    ])
    await imported('subscriptions', 'id,channel,state,at\nada,email,subscribed,2024-02-15\n')
    expect(await said()).toMatchObject([{ state: 'unsubscribed', at: '2024-03-01T00:00:00.000Z' }])
    // Said again: since when it is so stays, and what was said before that is outweighed.
    await imported('subscriptions', 'id,channel,state,at\nada,email,unsubscribed,2024-05-01\n')
    const { job } = await imported('subscriptions', 'id,channel,state,at\nada,email,subscribed,2024-04-01\n')
    expect(job.refused).toEqual({ later_word: 1 })
    expect(await said()).toMatchObject([{ state: 'unsubscribed', at: '2024-03-01T00:00:00.000Z' }])
    // Of one instant the no holds.
    await imported('subscriptions', 'id,channel,state,at\nada,sms,subscribed,2024-05-01\n')
    await imported('subscriptions', 'id,channel,state,at\nada,sms,unsubscribed,2024-05-01\nada,sms,subscribed,2024-05-01\n')
    expect(await said()).toMatchObject([{ channel: 'email' }, { channel: 'sms', state: 'unsubscribed' }])
  })

  it('do not outweigh a later word of the customer, also where it repeated what held or took it back', async () => {
    const file = (state: string) => `id,channel,state,at\nada,email,${state},2024-01-01\n`
    await say('unsubscribed')
    expect((await imported('subscriptions', file('subscribed'))).errors[0]!.message).toMatch(/^'at': the customer said 'unsubscribed' at/)
    await test.db.query(`update subscription set at = '2023-01-01', last_at = '2023-01-01'`)
    await say('unsubscribed')
    expect((await imported('subscriptions', file('subscribed'))).job.refused).toEqual({ later_word: 1 })
    expect(await said()).toMatchObject([{ state: 'unsubscribed', via: 'page' }])
    await say(null)
    expect((await imported('subscriptions', file('subscribed'))).errors[0]!.message).toContain('what the customer said was forgotten')
    expect(await said()).toEqual([])
  })

  it('without an instant fill silence; of two that nobody knows the order of the no holds, and a repeat says nothing new', async () => {
    const file = (state: string) => `id,channel,state\nada,email,${state}\n`
    await imported('subscriptions', file('subscribed'))
    expect(await history()).toEqual([[null, 'subscribed', today(), 'import']])
    await imported('subscriptions', file('unsubscribed'))
    const { errors } = await imported('subscriptions', file('subscribed'))
    expect(errors[0]!.message).toMatch(/^'at': the customer said 'unsubscribed' at .*Give one if this came later\.$/)
    expect(await said()).toMatchObject([{ state: 'unsubscribed' }])
    await say('subscribed')
    expect((await imported('subscriptions', file('unsubscribed'))).job.refused).toEqual({ later_word: 1 })
    expect(await said()).toMatchObject([{ state: 'subscribed', via: 'page' }])
    await api('PUT', '/customers/ada/subscriptions', { body: { subscriptions: [{ channel: 'sms', state: 'unsubscribed' }] } })
    expect((await imported('subscriptions', 'id,channel,state\nada,sms,subscribed\n')).job.refused).toEqual({ later_word: 1 })
    expect(await said()).toMatchObject([{ channel: 'email' }, { channel: 'sms', state: 'unsubscribed' }])
  })

  it('said between the upload and its writing hold', async () => {
    const { body } = await upload('subscriptions', 'id,channel,state\nada,email,unsubscribed\n')
    await say('subscribed')
    await work(body.jobId as string)
    expect(await said()).toMatchObject([{ state: 'subscribed' }])
  })

  it('with a bad row: it is told with its column, and the others go in', async () => {
    const rows = [
      'ada,email,subscribed,,,',
      ',email,subscribed,,,',
      'ada,mail,subscribed,,,',
      'ada,email,opted_in,,,',
      'ada,email,subscribed,Offers,,',
      'ada,email,subscribed,,yesterday,',
      'ada,email,subscribed,,2999-01-01,',
      'ada,email,subscribed,,,by hand',
      'zoe,email,subscribed,,,',
      'ada,email,subscribed,,,,more',
      'bob,email,unsubscribed,,,',
    ]
    const { job, errors } = await imported('subscriptions', `id,channel,state,topic,at,via\n${rows.join('\n')}\n`)
    expect(job).toMatchObject({ total: 11, done: 11, refused: { invalid: 8, unknown_customer: 1 } })
    expect(errors.map(({ row, message }) => [row, message.split(/[:.] /)[0]])).toEqual([
      [3, "'id'"],
      [4, "'channel'"],
      [5, "'state'"],
      [6, "'topic'"],
      [7, "'at'"],
      [8, "'at'"],
      [9, "'via'"],
      [10, "'id'"],
      [11, 'The row has 7 columns; the header has 6.'],
    ])
    expect(errors[1]!.message).toBe("'channel': 'mail' is none of email, sms, whatsapp, push, chat. Write one of them.")
    expect([await said(), await said('bob')]).toMatchObject([[{ state: 'subscribed' }], [{ state: 'unsubscribed' }]])
  })

  it('are of the customer whom an id means now, and of no topic that is gone', async () => {
    await test.db.query(`insert into customer_alias (workspace_id, id, customer_id, anonymous, event_id) values ('wsp_default', 'old', 'ada', false, 1)`)
    const { body } = await upload('subscriptions', 'customerId,channel,topic,state\nold,email,,unsubscribed\nada,email,News,subscribed\n')
    await test.db.query('delete from topic')
    await work(body.jobId as string)
    expect(await said()).toMatchObject([{ topic: null, state: 'unsubscribed' }])
    expect((await api('GET', `/jobs/${body.jobId}`)).body.refused).toEqual({ unknown_topic: 1 })
  }) // prettier-ignore

  it('are no one else’s: another workspace has its own customers and topics', async () => {
    const other = await test.as(['write'], 'wsp_other')
    const text = 'id,channel,state,topic\nada,email,subscribed,\nada,email,subscribed,News\n'
    const { body } = await other('POST', '/subscriptions/import', { raw: { type: 'text/csv', text } })
    expect(body).toMatchObject({ accepted: 1, invalid: 1 })
    await work(body.jobId as string)
    expect(await test.db.query('select from subscription')).toEqual([])
  })

  it('dry: tells what is in the file and keeps nothing', async () => {
    const file = 'id,channel,state,topic,at\nada,email,subscribed,,\nada,sms,subscribed,news,2024-01-01\nada,x,subscribed,,\n'
    const { status, body } = await upload('subscriptions', file, '?dryRun=true')
    expect([status, body]).toMatchObject([
      200,
      { valid: 2, invalid: 1, values: { channel: { email: 1, sms: 1 }, state: { subscribed: 2 }, topic: { News: 1 }, at: { absent: 1, given: 1 } } },
    ]) // prettier-ignore
    expect(await test.db.query('select from job')).toEqual([])
  })
})

it.each([
  ['subscriptions', 'id,channel\nada,email\n', /'state' is missing.*The columns are id, channel, state, and if you like topic, at, via/],
  ['subscriptions', 'id,channel,state,email\n', /no column 'email': rename it, or leave it out/],
  ['subscriptions', 'id,customerId,channel,state\n', /Two columns are called 'id'/],
  ['suppressions', 'address\nx\n', /'channel' is missing/],
  ['suppressions', 'channel,address,reason\n', /no row/],
  ['suppressions', '', /empty/],
] as const)('refuses the file of %s %j', async (list, text, says) => {
  const refused = await upload(list, text)
  expect([refused.status, refused.body.detail]).toEqual([422, expect.stringMatching(says)])
  expect(await test.db.query('select from job')).toEqual([])
})

describe('suppressions', () => {
  const listed = () => test.db.query('select channel, address, reason, at, source from suppression order by address')

  it('are normalised, and of two reasons the stronger one stays', async () => {
    await api('POST', '/suppressions', { body: { channel: 'email', address: 'eve@example.com', reason: 'complaint' } })
    const rows = [
      'email,Ada <ADA@Example.com>,hard_bounce,2024-01-02,sendgrid',
      'email,ada@example.com,manual,2023-01-01,',
      'email,eve@example.com,hard_bounce,2024-01-01,',
      'SMS,0034 600-111-222,Complaint,,',
      'push,Token:X,manual,2024-01-01,',
    ]
    const file = `channel,address,reason,at,source\n${rows.join('\n')}\n`
    expect((await imported('suppressions', file)).job).toMatchObject({ total: 5, done: 5, refused: {} })
    const all = await listed()
    expect(all).toEqual([
      { channel: 'sms', address: '+34600111222', reason: 'complaint', at: expect.any(Date) as Date, source: 'import' },
      { channel: 'push', address: 'Token:X', reason: 'manual', at: new Date('2024-01-01'), source: 'import' },
      { channel: 'email', address: 'ada@example.com', reason: 'hard_bounce', at: new Date('2024-01-02'), source: 'sendgrid' },
      expect.objectContaining({ address: 'eve@example.com', reason: 'complaint' }),
    ])
    await imported('suppressions', file)
    expect(await listed()).toEqual(all)
  })

  it('with a bad row: it is told with its column, and the others go in', async () => {
    const rows = [
      'email,,manual',
      'email,ada,manual',
      'sms,ada@example.com,manual',
      'email,a@b.c,spam',
      'fax,1,manual',
      'email,x@y.z,manual',
    ]
    const long = `push,${'ü'.repeat(1_100)},manual`
    const { job, errors } = await imported('suppressions', `channel,address,reason\n${[...rows, long].join('\n')}\n`)
    expect(job.refused).toEqual({ invalid: 6 })
    expect(errors.map(({ row, message }) => [row, message.slice(0, 9)])).toEqual([
      [2, "'address'"],
      [3, "'address'"],
      [4, "'address'"],
      [5, "'reason':"],
      [6, "'channel'"],
      [8, "'address'"],
    ])
    expect(errors[1]).toEqual({ row: 3, value: 'ada', message: "'address': 'ada' is no email address such as ada@example.com. Mend it, or the channel." }) // prettier-ignore
    expect(await listed()).toMatchObject([{ address: 'x@y.z' }])
  })

  it('go out as an import reads them', async () => {
    const rows = Array.from({ length: 2_100 }, (_, n) => `email,c${n}@example.com,${n % 2 ? 'manual' : 'complaint'},2024-01-01,"a, ""b"""`)
    await imported('suppressions', `channel,address,reason,at,source\n${rows.join('\n')}\n`)
    const before = await listed()
    const file = (await api('GET', '/suppressions/export')).text
    expect(file.split('\r\n')[0]).toBe('channel,address,reason,at,source')
    await test.db.query('truncate suppression')
    await imported('suppressions', file)
    expect([await listed(), before.length]).toEqual([before, 2_100])
    expect((await (await test.as(['read'], 'wsp_other'))('GET', '/suppressions/export')).text.trim().split('\r\n')).toHaveLength(1)
  })
})
