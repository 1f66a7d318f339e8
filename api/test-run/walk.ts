import {
  simulate,
  type SimAnswer,
  type SimDelivery,
  type SimInput,
  type SimNote,
  type SimPutOff,
  type SimSeen,
} from '../../engine/simulator.js'
import { composeMessage, type Sources } from '../../destinations/message.js'
import { hiddenSecrets, previewWebhook } from '../../destinations/render.js'
import { scopeOf, type FieldFault, type Preview } from '../../destinations/templates.js'
import { partsOf } from '../../destinations/webhook/index.js'
import { repeatsOf, type Vendor } from '../../destinations/index.js'
import type { Leave, Reach } from '../../sending/admit.js'
import { VirtualLimits, type Limits } from '../../sending/virtual.js'
import { held } from './held.js'
import type { Tile } from '../../tiles/index.js'
import type { ScriptedAnswer } from '../schemas/test-runs.js'

/** Most visits of a run. */
const MAX_VISITS = 1_000
/** Longest that one walk may reckon, in ms: it does so in the process of the API. */
export const MAX_MS = 5_000

/** What a test run walks. */
export interface Sample extends Omit<SimInput, 'send' | 'stands' | 'note'> {
  journeyName: string
  version: number
  /** What templates show as the page where the customer unsubscribes. */
  unsubscribeUrl: string
  answers: Record<string, ScriptedAnswer[]>
  /** By tile: what its messages are made of. */
  sources: ReadonlyMap<string, Sources>
  /** What kind of message an action sends. */
  reachOf(tileId: string): Reach | undefined
  /** What consent says to a message to an address; all go when absent. */
  consent?(tileId: string, to: string | undefined): Leave
  /** Quiet hours and frequency caps. */
  limits: Limits
  /** The vendor behind a destination. */
  vendorOf(destinationId: string): Vendor | undefined
}

/** One attempt to send, with what it would have sent. */
export interface WalkedDelivery extends SimDelivery {
  answered: 'scripted' | 'assumed' | 'not_sent' | 'kept_back'
  rendered: Record<string, string>
  problems?: FieldFault[]
}

export interface Walked {
  notes: SimNote[]
  deliveries: WalkedDelivery[]
  assumptions: { tileId: string; message: string }[]
  exitReason?: string
  parked: boolean
  converted: boolean
  endedAt: number
  stopped?: 'until' | 'steps' | 'time'
}

/** It is more than a test run may take. */
class Bound extends Error {
  constructor(readonly by: 'steps' | 'time') {
    super(by)
  }
}

/** Walks a sample customer on the virtual clock by the engine's own simulator, renders what it would send, and sends nothing. */
export async function walkSample(sample: Sample): Promise<Walked> {
  const sends = new Sends(sample)
  const notes: SimNote[] = []
  const began = performance.now()
  let visits = 0
  const inTime = (): void => {
    if (performance.now() - began > MAX_MS) throw new Bound('time')
  }
  const note = (each: SimNote): void => {
    if (each.event === 'arrived' && ++visits > MAX_VISITS) throw new Bound('steps')
    inTime()
    notes.push(each)
    if (each.event === 'entered')
      sends.assume(
        each.tileId,
        `The orchestration ${each.orchestrationId} is not walked: the member goes on at once, as if it had exited there.`,
      )
  }
  const walked = { notes, assumptions: sends.assumptions }
  try {
    const { exitReason, parked, converted, endedAt, deliveries } = await simulate({
      ...sample,
      // What asks for a slot of a cap every hour notes nothing.
      send: (...of) => {
        inTime()
        return sends.send(...of)
      },
      stands: sends.stands,
      note,
    })
    const end = { parked: parked !== undefined, converted, endedAt, deliveries: sends.told(deliveries) }
    return { ...walked, ...end, ...(exitReason === undefined ? { stopped: 'until' } : { exitReason }) }
  } catch (error) {
    if (!(error instanceof Bound)) throw error
    return { ...walked, parked: false, converted: false, endedAt: notes.at(-1)!.at, deliveries: sends.told(), stopped: error.by }
  }
}

type Attempt = Omit<WalkedDelivery, 'outcome'> & { ok: boolean }

/** What the attempts of a run send, and get. */
class Sends {
  readonly assumptions: { tileId: string; message: string }[] = []
  readonly #attempts: Attempt[] = []
  readonly #limits: VirtualLimits

  constructor(private readonly sample: Sample) {
    this.#limits = new VirtualLimits(sample.limits)
  }

  assume(tileId: string, message: string): void {
    if (!this.assumptions.some((each) => each.tileId === tileId)) this.assumptions.push({ tileId, message })
  }

  send = (tile: Tile, visit: number, attempt: number, seen: SimSeen): SimAnswer => {
    if (tile.type !== 'action' && tile.type !== 'webhook') throw new Error(`Tile ${tile.id} does not send.`)
    const { rendered, faults } = this.#render(tile, seen)
    const base = { tileId: tile.id, visit, at: seen.now, attempt, rendered }
    const kept = held(this.#ask(tile.id, visit, rendered.to, seen))
    if (kept) {
      if (kept.ok === true) this.#attempts.push({ ...base, answered: 'kept_back', ok: true })
      return kept
    }
    const [fault] = faults
    if (fault) {
      this.#attempts.push({ ...base, answered: 'not_sent', problems: faults, ok: false })
      return { ok: false, kind: 'permanent', code: fault.code, message: fault.message }
    }
    const { scripted, answer } = this.#answer(tile, attempt)
    this.#attempts.push({ ...base, answered: scripted ? 'scripted' : 'assumed', ok: answer.ok })
    return answer
  }

  stands: NonNullable<SimInput['stands']> = ({ tileId, visit }, standing) => this.#limits.stands(`${tileId}:${visit}`, standing)

  /** Whether a message may go at that instant. */
  #ask(tileId: string, visit: number, to: string | undefined, { settings, traits, now }: SimSeen): Leave {
    const reach = this.sample.reachOf(tileId)
    if (!reach) return { do: 'send' }
    return this.#limits.ask({ ...reach, key: `${tileId}:${visit}`, settings, traits, now }, this.sample.consent?.(tileId, to))
  }

  /** @param outcomes as the simulator has settled them; what it has not, by whether it was taken */
  told(outcomes: readonly SimDelivery[] = []): WalkedDelivery[] {
    return this.#attempts.map(({ ok, ...attempt }, index) => ({
      ...attempt,
      outcome: outcomes[index]?.outcome ?? (ok ? 'sent' : 'failed'),
    }))
  }

  #render(tile: Extract<Tile, { type: 'action' | 'webhook' }>, seen: SimSeen): Preview {
    const { journeyId, journeyName, version, unsubscribeUrl } = this.sample
    const memberId = MEMBER
    const scope = scopeOf({ ...seen, journeyId, journeyName, version, memberId, ...(tile.type === 'action' && { unsubscribeUrl }) })
    if (tile.type === 'webhook') {
      const ids = { memberId, customerId: seen.customerId, orchestrationId: journeyId, tileId: tile.id }
      return previewWebhook({ ...tile.config, scope, secrets: hiddenSecrets(tile.config.headers), ids })
    }
    const { destinationId, action, fields } = tile.config
    const vendor = this.sample.vendorOf(destinationId)
    if (vendor?.actions[action]) return composeMessage({ vendor, action, fields, scope, tile, sources: this.sample.sources.get(tile.id)! })
    const message = `There is no destination ${destinationId} with an action '${action}'.`
    return { rendered: {}, faults: [{ field: 'destinationId', code: 'no_destination', message }] }
  }

  #answer(
    tile: Extract<Tile, { type: 'action' | 'webhook' }>,
    attempt: number,
  ): { scripted: boolean; answer: Exclude<SimAnswer, SimPutOff> } {
    const script = Object.hasOwn(this.sample.answers, tile.id) ? this.sample.answers[tile.id]! : []
    const scripted = script[attempt - 1] ?? script.at(-1)
    if (!scripted) this.assume(tile.id, ASSUMED[tile.type])
    if (scripted && !scripted.ok) {
      const vendor = tile.type === 'webhook' ? undefined : this.sample.vendorOf(tile.config.destinationId)
      const dedupes = tile.type === 'webhook' || !vendor || repeatsOf(vendor, vendor.actions[tile.config.action]).dedupes
      return { scripted: true, answer: { ok: false, kind: scripted.kind, code: scripted.code, dedupes } }
    }
    const saves = tile.type === 'webhook' ? tile.config.save : undefined
    const output = saves && { output: partsOf(saves, scripted?.body) }
    return { scripted: scripted !== undefined, answer: { ok: true, ...output } }
  }
}

/** The member that templates see. */
export const MEMBER = 'mem_test'

const ASSUMED = {
  action: 'It is taken for granted that the destination takes what is sent.',
  webhook: 'It is taken for granted that the webhook answers 200 with nothing in it; what the tile saves of it is null.',
}
