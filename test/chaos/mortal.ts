import { AsyncLocalStorage } from 'node:async_hooks'
import net from 'node:net'
import { once } from 'node:events'
import type { WorkerInterceptors } from '@temporalio/worker'
import type { HttpCall, Http } from '../../destinations/outbound/http.js'
import type { Vendor, VendorAction } from '../../destinations/vendor.js'
import type { Db } from '../../store/db.js'
import type { MemberRef } from '../../workflows/api.js'

/* Attempts to send that end like their process: at an instant, and nothing of them is done after it. */

/** When an attempt ends, in the order of what it does. */
export const INSTANTS = [
  'before the ledger', 'after the ledger', 'before the request', 'while the request is written', 'before the answer', 'after the answer',
  'before the commit', 'after the commit',
] as const // prettier-ignore
export type Instant = (typeof INSTANTS)[number]

interface Life {
  end: Instant | undefined
  dead: boolean
  die(): void
}

/** Who decides when attempts end, and the places that ask. */
export interface Mortality {
  interceptors: WorkerInterceptors
  /** Around what the worker uses. */
  db(db: Db): Db
  /** Around a vendor's calls. */
  http(http: Http, port: number): Http
  /** Around a vendor of email that is not called by HTTP. */
  mail(vendor: Vendor, port: number): Vendor
  /** The vendor has taken what came with this key of a delivery, or for this customer, and has not answered. */
  taken(key: string): void
  /** How many attempts have ended, by instant. */
  readonly ended: Map<Instant, number>
}

/** @param plan by customer, when their attempts end: the first, the second … */
export function mortality(plan: Map<string, Instant[]>): Mortality {
  const lives = new AsyncLocalStorage<Life>()
  /** Of members and of customers, each of whom has one. */
  const byId = new Map<string, Life>()
  const ended = new Map<Instant, number>()

  function end(life: Life, instant: Instant): void {
    ended.set(instant, (ended.get(instant) ?? 0) + 1)
    life.dead = true
    life.die()
  }
  /** Goes on, or never. */
  async function at(instant?: Instant): Promise<void> {
    const life = lives.getStore()
    if (life && !life.dead && instant !== undefined && life.end === instant) end(life, instant)
    if (life?.dead) await new Promise<never>(() => undefined)
  }
  /** Does something between two instants. */
  async function between<T>(before: Instant | undefined, work: () => Promise<T>, after: Instant | undefined): Promise<T> {
    await at(before)
    const done = await work()
    await at(after)
    return done
  }

  return {
    ended,
    interceptors: {
      activity: [
        ({ info }) => ({
          inbound: {
            execute: (input, next) => {
              if (info.activityType !== 'deliver') return next(input)
              const { memberId, customerId } = input.args[0] as MemberRef
              return new Promise((resolve, reject) => {
                const die = (): void => reject(new Error('The process is gone.'))
                const life: Life = { end: plan.get(customerId)?.shift(), dead: false, die }
                byId.set(memberId, life)
                byId.set(customerId, life)
                lives.run(life, () => next(input).then(resolve, reject))
              })
            },
          },
        }),
      ],
    },
    db: (db) => ({
      ...db,
      hot: (sql, params) => {
        const begins = sql.includes('tw_deliver_begin')
        const ends = sql.includes('tw_deliver_end')
        const [before, after] = begins ? (['before the ledger', 'after the ledger'] as const) : ends ? (['before the commit', 'after the commit'] as const) : [] // prettier-ignore
        return between(before, () => db.hot(sql, params), after)
      },
    }),
    http: (http, port) => async (call, request, explain) => {
      await at('before the request')
      if (lives.getStore()?.end === 'while the request is written') await writeHalf(call, port, JSON.stringify(request.json))
      await at('while the request is written')
      return between(undefined, () => http(call, request, explain), 'after the answer')
    },
    mail: (vendor, port) => {
      const { send_email: action } = vendor.actions
      const send: VendorAction['send'] = async (call) => {
        await at('before the request')
        if (lives.getStore()?.end === 'while the request is written') await converseHalf(call.fields.to!, port)
        await at('while the request is written')
        return between(undefined, () => action!.send(call), 'after the answer')
      }
      return { ...vendor, actions: { ...vendor.actions, send_email: { ...action!, send } } }
    },
    taken: (key) => {
      const life = byId.get(key.split(':')[0]!)
      if (life && !life.dead && life.end === 'before the answer') end(life, 'before the answer')
    },
  }
}

/** The first half of a request; then the connection is gone, as that of a process that was killed. */
async function writeHalf(_call: HttpCall, port: number, body: string): Promise<void> {
  const socket = net.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const head = `POST /half HTTP/1.1\r\nhost: vendor\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  await new Promise((resolve) => socket.write(head + body.slice(0, body.length / 2), resolve))
  socket.destroy()
}

/** A conversation that ends in the middle of a message. */
async function converseHalf(to: string, port: number): Promise<void> {
  const socket = net.connect(port, '127.0.0.1')
  for (const line of ['EHLO tilework', 'MAIL FROM:<shop@example.com>', `RCPT TO:<${to}>`, 'DATA']) {
    await once(socket, 'data')
    socket.write(`${line}\r\n`)
  }
  await once(socket, 'data')
  await new Promise((resolve) => socket.write(`To: ${to}\r\nSubject: Hel`, resolve))
  socket.destroy()
}
