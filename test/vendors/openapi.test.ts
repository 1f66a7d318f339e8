import { jest } from '@jest/globals'
import { createHttp, type Http, type VendorRequest } from '../../destinations/outbound/http.js'
import { SendError, type SendCall, type Vendor } from '../../destinations/vendor.js'
import { callOf, UNSUBSCRIBE } from './conform.js'
import { answersOf, published, startPrism, type Documented, type Prism, type Reading } from './openapi/prism.js'
import { publishers, type Publisher } from './openapi/vendors.js'
import { startStub } from './stub.js'

/*
 * Every request that a vendor's code makes is read by Prism with the OpenAPI document that the vendor publishes: path, query, headers, credentials,
 * body. What the document says is answered, and has to be read rightly.
 */

// Prism says there what it cannot make an example of.
beforeEach(() => void jest.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => jest.restoreAllMocks())

/** @param but a mend that is left out */
function prismOf({ file, paths, mends = [] }: Publisher, but?: number): Promise<Prism> {
  const document = published(file)
  mends.forEach(({ mend }, index) => index === but || mend(document))
  return startPrism(document, paths)
}

interface Played {
  vendor: Vendor
  /** What Prism said of the requests so far. */
  read: Reading[]
  /** Answers with this from now on. */
  answers(with_: Documented): void
}

/** The vendor's code, with Prism in the vendor's place. @param change what the requests are made into before they are sent */
async function play(
  publisher: Publisher,
  prism: Prism,
  change: (request: VendorRequest) => VendorRequest = (same) => same,
): Promise<Played> {
  const read: Reading[] = []
  let next: Documented | undefined
  const { aside, test } = publisher
  const stub = await startStub(async (seen) => {
    if (aside?.is(seen)) return aside.answer(seen)
    const reading = await prism.read(seen)
    read.push(reading)
    if (typeof test === 'number' && reading.faults.length > 0) return { status: test }
    if (!reading.operation) return { status: 404 }
    return prism.answer(seen, next ?? answersOf(reading.operation)[0]!).catch((error: Error) => {
      reading.faults.push(error.message)
      return { status: 500 }
    })
  })
  const http = createHttp(stub.toward)
  const changed: Http = (call, request, explain) => http(call, change(request), explain)
  return { vendor: publisher.vendor(changed), read, answers: (with_) => (next = with_) }
}

const callsOf = (publisher: Publisher): { action: string; call: SendCall }[] =>
  publisher.calls.map(({ action, fields, config }) => {
    const each = { ...publisher, config: { ...publisher.config, ...config }, action, fields }
    return { action, call: callOf(each, { headers: UNSUBSCRIBE, feedbackUrl: 'https://tilework.example/feedback/1' }) }
  })

/** A call as the connection test has it. */
function testCallOf(publisher: Publisher): SendCall {
  const { config, secrets } = publisher.vendor(createHttp())
  const signal = new AbortController().signal
  return { config: config.parse(publisher.config), secrets: secrets.parse(publisher.secrets), signal, outboundAllow: ['127.0.0.0/8'] } as unknown as SendCall // prettier-ignore
}

/** Sends all that there is, alone and together. */
async function sendAll(publisher: Publisher, { vendor }: Played): Promise<void> {
  for (const { action, call } of callsOf(publisher)) await vendor.actions[action]!.send(call)
  for (const [name, { gather }] of Object.entries(vendor.actions)) {
    const calls = callsOf(publisher).flatMap(({ action, call }) => (action === name ? [call] : []))
    if (gather && calls.length > 0) await gather.send(calls)
  }
}

const faultsOf = (read: readonly Reading[]): string[] =>
  read.flatMap(({ operation, faults }) => faults.map((fault) => `${operation?.method} ${operation?.path}: ${fault}`))

describe.each(publishers)('$type, by the document that it publishes', (publisher) => {
  test('makes the requests that it describes', async () => {
    const played = await play(publisher, await prismOf(publisher))
    const failure = await sendAll(publisher, played).catch((error: unknown) => error)
    expect(faultsOf(played.read)).toEqual([])
    expect(failure).toBeUndefined()
    if (publisher.only !== undefined) return
    const { actions } = played.vendor
    const asked = Object.keys(actions).map((name) => [
      name,
      new Set(publisher.calls.flatMap(({ action, fields }) => (action === name ? Object.keys(fields) : []))),
    ])
    expect(Object.fromEntries(asked)).toEqual(
      Object.fromEntries(Object.entries(actions).map(([name, { fields }]) => [name, new Set(Object.keys(fields.shape))])),
    )
  })

  test('tests the connection by a request of it', async () => {
    const { vendor, read } = await play(publisher, await prismOf(publisher))
    const testing = vendor.test(testCallOf(publisher))
    if (typeof publisher.test === 'string') {
      await expect(testing).rejects.toThrow('404')
      return expect(faultsOf(read)).toEqual([expect.stringContaining('no path matched')])
    }
    await testing
    expect(read).toHaveLength(1)
    // One that lacks everything has nothing wrong but that.
    if (publisher.test) expect(faultsOf(read).filter((fault) => !/ body (required|oneOf):/.test(fault))).toEqual([])
    else expect(faultsOf(read)).toEqual([])
    expect(faultsOf(read).length > 0).toBe(publisher.test !== undefined)
  })

  test('reads the answers that it describes', async () => {
    const prism = await prismOf(publisher)
    const done = new Set<string>()
    for (const { action, call } of callsOf(publisher)) {
      const { vendor, read, answers } = await play(publisher, prism)
      const send = () => vendor.actions[action]!.send(call).then(() => 'taken', (error: SendError) => error.kind) // prettier-ignore
      await send()
      const { path } = read[0]!.operation!
      if (done.has(path)) continue
      done.add(path)
      for (const answer of answersOf(read[0]!.operation!)) {
        answers(answer)
        const { code } = answer
        const usual = code < 300 ? 'taken' : code === 429 || code === 500 ? 'retry' : 'permanent'
        expect({ path, ...answer, read: await send() }).toEqual({ path, ...answer, read: publisher.reads?.[code] ?? usual })
      }
    }
  })

  for (const [index, { why }] of (publisher.mends ?? []).entries())
    test(`needs the document mended: ${why}`, async () => {
      const played = await play(publisher, await prismOf(publisher, index))
      await sendAll(publisher, played).catch((error: unknown) => expect(error).toBeInstanceOf(SendError))
      expect(faultsOf(played.read)).not.toEqual([])
    })
})

/** What Prism says when a request is not what it should be. */
const faultsWhen = async (type: string, change: (request: VendorRequest) => VendorRequest): Promise<string[]> => {
  const publisher = publishers.find((each) => each.type === type)!
  const { vendor, read } = await play(publisher, await prismOf(publisher), change)
  const [{ action, call }] = callsOf(publisher) as [{ action: string; call: SendCall }]
  await vendor.actions[action]!.send(call).catch((error: unknown) => expect(error).toBeInstanceOf(SendError))
  return faultsOf(read)
}

const json = (change: (body: Record<string, unknown>) => object) => (request: VendorRequest) => ({
  ...request,
  json: change(request.json as Record<string, unknown>),
})

describe('What is wrong with a request is found:', () => {
  const cases: [string, string, (request: VendorRequest) => VendorRequest, RegExp][] = [
    [
      'a name that is not in the document',
      'postmark',
      json(({ ReplyTo, ...rest }) => ({ ...rest, Replyto: ReplyTo })),
      /body\.Replyto undocumented/,
    ],
    [
      'one deep inside',
      'sendgrid',
      json((body) => ({ ...body, from: { email: 'a@example.com', Name: 'A' } })),
      /body\.from\.Name undocumented/,
    ],
    ['one of a form', 'twilio', ({ form, ...rest }) => ({ ...rest, form: { ...form, body: 'Hi' } }), /body\.body undocumented/],
    ['one of a query', 'vonage', (request) => ({ ...request, url: `${request.url}?from=1` }), /query\.from undocumented/],
    ['what lacks', 'sendgrid', json(({ from: _, ...rest }) => rest), /body required.*'from'/],
    ['what lacks in a form', 'twilio', ({ form, ...rest }) => ({ ...rest, form: { ...form, To: undefined } }), /body required.*'To'/],
    ['another type', 'telegram', json((body) => ({ ...body, text: 1 })), /body\.text type/],
    [
      'another kind of body',
      'ses',
      ({ body, ...rest }) => ({ ...rest, body: body!, headers: { ...rest.headers, 'content-type': 'text/plain' } }),
      /415/,
    ],
    ['no credentials', 'sendgrid', ({ headers: _, ...rest }) => rest, /401/],
    ['no header', 'postmark', ({ headers: _, ...rest }) => rest, /header required.*x-postmark-server-token/i],
    ['another path', 'fcm', (request) => ({ ...request, url: request.url.replace('messages:', 'message:') }), /no path matched/],
    ['another method', 'telegram', (request) => ({ ...request, method: 'PUT' }), /no method matched/],
    ['another host', 'sendgrid', (request) => ({ ...request, url: request.url.replace('api.', 'api2.') }), /on no server/],
  ]
  test.each(cases)('%s (%s)', async (_, type, change, fault) => {
    const faults = await faultsWhen(type, change)
    expect(faults.filter((each) => fault.test(each))).not.toEqual([])
  })
})
