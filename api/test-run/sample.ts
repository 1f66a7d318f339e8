import { TileworkError } from '../../model/errors.js'
import { addDuration, resolveZone } from '../../model/zone.js'
import type { SimHappening } from '../../engine/simulator.js'
import type { Reach } from '../../sending/admit.js'
import type { Limits } from '../../sending/virtual.js'
import { SAMPLE_TOKEN, unsubscribeUrl } from '../../sending/unsubscribe.js'
import { destinationTypes } from '../../store/destinations.js'
import { capsOf, slotsOf } from '../../store/frequency-caps.js'
import { quietHoursNow } from '../../store/quiet-hours.js'
import { getJourney, type Journey } from '../../store/journeys.js'
import { sourcesOf } from '../../sending/content.js'
import { pastEvents } from '../../store/sample.js'
import { conditionsIn } from '../../tiles/checks/conditions.js'
import { compile } from '../../tiles/compile.js'
import { canvasSchema, type Canvas, type Tile } from '../../tiles/index.js'
import { requireValid } from '../canvas.js'
import type { ApiDeps } from '../deps.js'
import type { TestRunBody } from '../schemas/test-runs.js'
import { entryOf, subjectOf } from './about.js'
import type { Sample } from './walk.js'

/** Events of the customer's past that conditions can look back at. */
const PAST = 1_000
/** How long a test run goes, and how long at the most. */
const LENGTH = 'P1Y'
const LONGEST = 'P5Y'

/** A test run to be made, and whether the customer is known. */
export interface Prepared {
  sample: Sample
  known: boolean
}

/**
 * Reads what a test run walks.
 * @throws TileworkError not_found; invalid with the numbered errors of a draft, or when the times of the script cannot be
 */
export async function prepareSample(
  deps: ApiDeps,
  at: { workspaceId: string; journeyId: string; version?: number | 'draft' | undefined },
  body: TestRunBody,
): Promise<Prepared> {
  const { workspaceId, journeyId } = at
  const journey = await read(deps, at)
  const version = at.version === undefined || at.version === 'draft' ? (journey.draftVersion ?? journey.version!) : at.version
  if (version === journey.draftVersion) await requireValid(deps, workspaceId, journeyId, journey, 'This draft cannot be tested')
  const canvas = canvasSchema.parse({ tiles: journey.tiles, edges: journey.edges, settings: journey.settings })
  const { id: customerId, known, traits, audiences } = await subjectOf(deps, workspaceId, body.customer)
  const startAt = body.startAt === undefined ? Date.now() : Date.parse(body.startAt)
  const types = await destinationTypes(deps.db, workspaceId)
  const vendorOf: VendorOf = (destinationId) => deps.vendors.get(types.get(destinationId) ?? '')
  const sample: Sample = {
    canvas,
    route: compile(canvas),
    journeyId,
    journeyName: journey.name,
    version,
    customerId,
    traits,
    audiences: body.customer.audiences ?? audiences,
    ...(body.entry && { entry: entryOf(body.entry) }),
    startAt,
    ...timesOf(body, startAt, canvas),
    ...(known && {
      history: await pastEvents(deps.db, { workspaceId, customerId, names: countedIn(canvas), before: new Date(startAt), limit: PAST }),
    }),
    answers: body.answers,
    sources: await sourcesIn(deps, workspaceId, canvas),
    unsubscribeUrl: unsubscribeUrl(deps.settings.publicUrl, SAMPLE_TOKEN),
    limits: await limitsOn(deps, workspaceId, known ? customerId : undefined, startAt),
    reachOf: (tileId) =>
      reachOf(
        canvas.tiles.find(({ id }) => id === tileId),
        vendorOf,
      ),
    vendorOf,
  }
  return { sample, known }
}

/** What the messages of each tile are made of. */
async function sourcesIn({ db, settings }: ApiDeps, workspaceId: string, canvas: Canvas): Promise<Sample['sources']> {
  const found = canvas.tiles.flatMap((tile) => {
    if (tile.type !== 'action') return []
    const { template, linkTags } = tile.config
    const content = { template, linkTags: [linkTags, canvas.settings.linkTags] }
    return [sourcesOf(db, settings.publicUrl, workspaceId, content).then((sources) => [tile.id, sources] as const)]
  })
  return new Map(await Promise.all(found))
}

/** @param customerId of a customer that there is: what they were sent already counts */
async function limitsOn({ db }: ApiDeps, workspaceId: string, customerId: string | undefined, startAt: number): Promise<Limits> {
  const caps = await capsOf(db, workspaceId)
  const since = new Date(startAt - Math.max(0, ...caps.map(({ perMs }) => perMs)))
  const sent = customerId === undefined || caps.length === 0 ? [] : await slotsOf(db, workspaceId, customerId, since)
  return { quietHours: await quietHoursNow(db, workspaceId), caps, sent }
}

type VendorOf = Sample['vendorOf']

/** What kind of message a tile sends; undefined of one that sends the customer none. */
function reachOf(tile: Tile | undefined, vendorOf: VendorOf): Reach | undefined {
  if (tile?.type !== 'action') return undefined
  const { destinationId, action, topic, transactional = false, quietHours } = tile.config
  const channel = vendorOf(destinationId)?.actions[action]?.channel
  return channel && { channel, topic, transactional, quietHours }
}

/** The draft if there is one, else what is live; or what was asked for. */
async function read(
  { db }: ApiDeps,
  at: { workspaceId: string; journeyId: string; version?: number | 'draft' | undefined },
): Promise<Journey> {
  const { workspaceId, journeyId, version } = at
  if (version !== undefined) return getJourney(db, workspaceId, journeyId, version)
  const live = await getJourney(db, workspaceId, journeyId)
  return live.draftVersion === null || live.version === null ? live : getJourney(db, workspaceId, journeyId, 'draft')
}

/** Names of the events that conditions count. */
function countedIn(canvas: Canvas): string[] {
  const found = conditionsIn([canvas.tiles, canvas.settings])
  return [...new Set(found.flatMap(({ condition }) => ('event' in condition ? [condition.event] : [])))]
}

function timesOf({ events, until }: TestRunBody, startAt: number, { settings }: Canvas): Pick<Sample, 'happenings' | 'until'> {
  const zone = resolveZone(undefined, {}, settings.timezone)
  const instantOf = (moment: string): number => (moment.startsWith('P') ? addDuration(startAt, moment, zone) : Date.parse(moment))
  const end = instantOf(until ?? LENGTH)
  if (end <= startAt) throw refused('/until', "It is not after 'startAt'. Give a later instant.")
  if (end > addDuration(startAt, LONGEST, zone)) throw refused('/until', 'A test run goes five years at the most. Give an earlier instant.')
  const happenings = events.flatMap(({ at, event, properties }, index): SimHappening[] => {
    const instant = instantOf(at)
    if (instant < startAt) throw refused(`/events/${index}/at`, 'It is before the customer enters. Give a later instant.')
    const came: SimHappening = { at: instant, do: 'event', event, properties }
    return event === '$identify' ? [{ at: instant, do: 'traits', traits: properties }, came] : [came]
  })
  return { happenings: happenings.sort((a, b) => a.at - b.at), until: end }
}

const refused = (path: string, message: string): TileworkError =>
  new TileworkError('invalid', `${path}: ${message}`, [{ path, code: 'out_of_range', message }])
