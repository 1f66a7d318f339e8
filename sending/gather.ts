import { SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from '../destinations/vendor.js'
import { byClock, sendTogether, type After, type Asked } from './together.js'

/** How long the first of some waits for more, in ms. */
const WINDOW_MS = 10
/** How long it waits while others like it are under way: what comes meanwhile goes along. */
const LONGEST_MS = 50

/** Through what something is sent. */
export interface Through {
  vendor: Vendor
  action: string
  destinationId: string
  /** Of the destination: what is set otherwise does not go together. */
  revision: number
}

/** Where the sends of a process go through, so that those that come at about the same time go together. */
export interface Gatherer {
  /**
   * Sends, where the vendor has an endpoint for many together with what else comes through the same destination and action. Sends of one customer
   * through one destination go in the order in which they came. What is called off before it went is not sent.
   * @throws SendError
   */
  send(through: Through, call: SendCall): Promise<SendResult>
  /** How many customers and groups it remembers: those of sends that are under way. */
  readonly size: number
}

/** The sends of one customer through one destination. */
interface Lane {
  key: string
  /** With what the first ones go. */
  batch?: Batch
  /** How many of them. */
  aboard: number
  /** What comes after them. */
  waiting: Entry[]
}

interface Entry extends Asked {
  act: VendorAction
  group: string
  lane: Lane
  /** Ends waiting for being called off. */
  release(): void
}

/** What goes in one request. */
interface Batch {
  group: string
  entries: Set<Entry>
  /** It waits for nothing any more but: its turn, more to come, others under way. */
  turned: boolean
  ripe: boolean
  late: boolean
  /** Of its turn. */
  off: AbortController
  /** No longer waits for more. */
  stop(): void
}

/** @param after tests have a clock of their own */
export function createGatherer(after: After = byClock): Gatherer {
  const lanes = new Map<string, Lane>()
  /** By group, the ones that wait for more. */
  const open = new Map<string, Batch>()
  /** By group, how many requests are under way. */
  const flying = new Map<string, number>()

  /** Lets a customer's sends go along, as far as those before them allow: with them, or when they have ended. */
  function advance(lane: Lane): void {
    for (let next = lane.waiting[0]; next; next = lane.waiting[0]) {
      const batch = open.get(next.group)
      if (lane.batch && lane.batch !== batch) return
      lane.waiting.shift()
      board(next, batch ?? begin(next))
    }
    if (!lane.batch) lanes.delete(lane.key)
  }

  function begin({ group, call: { turn } }: Entry): Batch {
    const off = new AbortController()
    const batch: Batch = { group, entries: new Set(), turned: !turn, ripe: false, late: false, off, stop: () => undefined }
    const then = (set: Partial<Batch>) => (): void => check(Object.assign(batch, set))
    const timers = [after(WINDOW_MS, then({ ripe: true })), after(LONGEST_MS, then({ late: true }))]
    batch.stop = () => timers.forEach((undo) => undo())
    void turn?.(off.signal).then(then({ turned: true }), () => [...batch.entries].forEach((entry) => callOff(entry)))
    open.set(group, batch)
    return batch
  }

  function board(entry: Entry, batch: Batch): void {
    entry.lane.batch = batch
    entry.lane.aboard++
    batch.entries.add(entry)
    if (batch.entries.size < mostOf(entry.act)) return
    close(batch)
    check(Object.assign(batch, { ripe: true, late: true }))
  }

  /** Lets a batch go when it waits for nothing any more. */
  function check(batch: Batch): void {
    if (batch.entries.size > 0 && batch.turned && batch.ripe && (batch.late || !flying.has(batch.group))) go(batch)
  }

  function go(batch: Batch): void {
    close(batch)
    const { group } = batch
    const entries = [...batch.entries]
    batch.entries.clear()
    for (const { release } of entries) release()
    flying.set(group, (flying.get(group) ?? 0) + 1)
    void sendTogether(entries[0]!.act, entries, after).then(() => {
      const left = flying.get(group)! - 1
      if (left > 0) flying.set(group, left)
      else flying.delete(group)
      entries.forEach(leave)
      const waiting = open.get(group)
      if (waiting) check(waiting)
    })
  }

  function close(batch: Batch): void {
    batch.stop()
    if (open.get(batch.group) === batch) open.delete(batch.group)
  }

  function leave({ lane }: Entry): void {
    if (--lane.aboard > 0) return
    delete lane.batch
    advance(lane)
  }

  /** Takes one out that has not gone. */
  function callOff(entry: Entry): void {
    const { lane } = entry
    const place = lane.waiting.indexOf(entry)
    if (place >= 0) {
      lane.waiting.splice(place, 1)
      advance(lane)
    } else {
      const batch = lane.batch!
      batch.entries.delete(entry)
      if (batch.entries.size === 0) {
        close(batch)
        batch.off.abort()
      }
      leave(entry)
    }
    entry.reject(notBegun())
  }

  function enter(through: Through, call: SendCall, { resolve, reject }: Pick<Asked, 'resolve' | 'reject'>): void {
    if (call.signal.aborted) return reject(notBegun())
    const { revision, action, vendor } = through
    const destination = `${call.workspaceId}|${through.destinationId}`
    const key = `${destination}|${call.customerId}`
    const lane = lanes.get(key) ?? { key, aboard: 0, waiting: [] }
    lanes.set(key, lane)
    const over = (): void => callOff(entry)
    const entry: Entry = {
      act: vendor.actions[action]!,
      group: `${destination}|${revision}|${action}`,
      lane,
      call,
      resolve,
      reject,
      release: () => call.signal.removeEventListener('abort', over),
    }
    call.signal.addEventListener('abort', over, { once: true })
    lane.waiting.push(entry)
    advance(lane)
  }

  return {
    send: (through, call) =>
      gathers(through.vendor)
        ? new Promise((resolve, reject) => enter(through, call, { resolve, reject }))
        : through.vendor.actions[through.action]!.send(call),
    get size() {
      return lanes.size + open.size + flying.size
    },
  }
}

/** One that no endpoint takes with others goes alone, and still keeps its place. */
const mostOf = (act: VendorAction): number => act.gather?.most ?? 1

const gathers = (vendor: Vendor): boolean => Object.values(vendor.actions).some(({ gather }) => gather)

const notBegun = (): SendError => new SendError('retry', 'no_turn', 'Its time was over before its turn came; it was not sent.')
