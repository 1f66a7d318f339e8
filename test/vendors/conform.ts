import fs from 'node:fs'
import path from 'node:path'
import { createHttp, type Http } from '../../destinations/outbound/http.js'
import { closeAgents } from '../../destinations/outbound/guard.js'
import { repeatsOf, SendError, type SendCall, type SendResult, type Vendor } from '../../destinations/vendor.js'
import { verdictOn, type SendingTile } from '../../tiles/failure.js'
import { startStub, type Reply, type Rules, type Seen, type Stub } from './stub.js'

/** One action of a vendor, with what its vendor's documentation says. */
export interface Conformance<C, S> {
  vendor: (http: Http) => Vendor<C, S>
  action: string
  config: C
  secrets: S
  fields: Record<string, string>
  /** The vendor by its documented rules: what is right it takes, what is wrong it refuses as it says it does. */
  rules: Rules
  /** Requests that meet no trouble, such as those for a token. */
  aside?: (seen: Seen) => boolean
  /** Whether the vendor speaks HTTP/2 and nothing else. */
  http2?: boolean
  /** The vendor's documented errors, by status. 400 stands for what it says of a bad request. */
  errors: Record<400 | 401 | 404 | 429 | 500, Reply>
  /** A success by its status with an error inside, where the vendor has that. */
  inside?: Reply
}

/** One action of a vendor, with the types that its factory says. */
export const conformance = <C, S>(each: Conformance<C, S>): Conformance<C, S> => each

/** What a call came to. */
type Outcome = { vendorId: string | null } | { kind: string; code: string; retryAfterMs?: number; then: string }

const cases = ['success', '400', '401', '404', '429 with Retry-After', '500', '502', 'late before it was written', 'late after it was written', 'reset', 'error inside'] as const // prettier-ignore

/**
 * Plays every way in which a call can end, and compares what the member does in each with `golden.json` in the vendor's folder. `GOLDEN=write` writes it.
 * @param folder the vendor's: `destinations/<type>`
 */
export function conforms<C, S>(folder: string, each: Conformance<C, S>): void {
  const file = path.join(folder, 'golden.json')
  test(`${each.action}: what the member does in each case`, async () => {
    const found: Record<string, Outcome> = {}
    const stub = await startStub(each.rules, each.aside, { http2: each.http2 ?? false })
    try {
      for (const name of cases) if (name !== 'error inside' || each.inside) found[name] = await play(each, stub, name)
    } finally {
      await closeAgents()
      await stub.stop()
    }
    const golden = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>) : {}
    if (process.env.GOLDEN === 'write') fs.writeFileSync(file, `${JSON.stringify({ ...golden, [each.action]: found }, null, 2)}\n`)
    else expect(found).toEqual(golden[each.action])
  })
}

async function play<C, S>(each: Conformance<C, S>, stub: Stub, name: (typeof cases)[number]): Promise<Outcome> {
  const vendor = each.vendor(createHttp(stub.toward)) as Vendor
  const status = Number(name.slice(0, 3)) as 400
  if (name.startsWith('429')) stub.trouble.push({ ...each.errors[429], headers: { ...each.errors[429].headers, 'retry-after': '7' } })
  else if (name === '502') stub.trouble.push({ status: 502, text: '<html>Bad gateway</html>' })
  else if (status in each.errors) stub.trouble.push(each.errors[status])
  else if (name === 'late after it was written') stub.trouble.push('silence')
  else if (name === 'reset') stub.trouble.push('reset')
  else if (name === 'error inside') stub.trouble.push(each.inside!)
  const late = new AbortController()
  if (name === 'late before it was written') late.abort(new DOMException('late', 'TimeoutError'))
  const { aside = () => false } = each
  const before = stub.seen.length
  const sending = outcomeOf(vendor, each.action, () => vendor.actions[each.action]!.send(callOf(each, { signal: late.signal })))
  if (name === 'late after it was written') {
    while (stub.seen.slice(before).every(aside)) await new Promise((resolve) => setImmediate(resolve))
    late.abort(new DOMException('late', 'TimeoutError'))
  }
  const outcome = await sending
  stub.trouble.length = 0
  return outcome
}

async function outcomeOf(vendor: Vendor, action: string, send: () => Promise<SendResult>): Promise<Outcome> {
  try {
    return { vendorId: (await send()).vendorId ?? null }
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    const { kind, code, retryAfterMs } = error
    const { dedupes } = repeatsOf(vendor, vendor.actions[action])
    const verdict = verdictOn(TILE, { kind, code, dedupes, attempt: 1, maxAttempts: 5 })
    const then = verdict === 'again' ? 'is tried again' : `${verdict.state}: ${verdict.decision.do}`
    return { kind, code, ...(retryAfterMs !== undefined && { retryAfterMs }), then }
  }
}

/** What a marketing email carries besides its fields. */
export const UNSUBSCRIBE = {
  'List-Unsubscribe': `<https://tilework.example/unsubscribe/${'a'.repeat(160)}.${'b'.repeat(22)}>, <mailto:stop@example.com?subject=unsubscribe>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
}

/** With what a tile does unless told. */
const TILE = { id: 'send', type: 'action', config: {} } as unknown as SendingTile

/** What a call is made of. */
type Called<C, S> = Pick<Conformance<C, S>, 'vendor' | 'action' | 'config' | 'secrets' | 'fields'>

/** A call for tests; its fields are checked as deliveries check them. */
export function callOf<C, S>(each: Called<C, S>, more: Partial<SendCall<C, S>> = {}): SendCall<C, S> {
  const vendor = each.vendor(createHttp())
  return {
    key: 'mem_01j000000000000000000000000:send:1',
    workspaceId: 'wsp_1',
    memberId: 'mem_01j000000000000000000000000',
    tileId: 'send',
    customerId: 'ada',
    config: vendor.config.parse(each.config),
    secrets: vendor.secrets.parse(each.secrets),
    fields: vendor.actions[each.action]!.fields.parse(each.fields) as Record<string, string>,
    signal: new AbortController().signal,
    outboundAllow: ['127.0.0.0/8'],
    ...more,
  }
}
