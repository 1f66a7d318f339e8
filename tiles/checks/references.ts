import type { DraftTile, Settings } from '../index.js'
import { nearest } from '../nearest.js'
import { pointer } from '../../model/pointer.js'
import type { Problem, ProblemCode } from '../problems.js'
import { conditionsIn } from './conditions.js'
import { reach } from './graph.js'
import { checkPartials, checkTemplate, filledBy, type TemplateRef } from './message.js'
import { longWindows } from './windows.js'

/** What validation looks up. */
export interface Lookups {
  /** Destinations by id, with the fields of their actions. */
  destinations: ReadonlyMap<string, { type: string; actions: Record<string, ActionLookup> }>
  audiences: ReadonlySet<string>
  /** Orchestrations by id, with those that they enter. */
  journeys: ReadonlyMap<string, { name: string; status: string; children: string[] }>
  /** Ids of secrets, with their names. */
  secrets: ReadonlyMap<string, string>
  /** Reusable templates and partials, by id. */
  templates: ReadonlyMap<string, TemplateRef>
  topics: ReadonlySet<string>
  /** The id of the orchestration that is validated. */
  selfId?: string
  /** How many months events are kept; absent: for ever. */
  eventMonths?: number
}

/** An action of a destination. */
export interface ActionLookup {
  /** Its fields, and those without which it cannot be sent. */
  known: string[]
  required: string[]
  /** By what it reaches the customer; absent: it sends them no message. */
  channel?: string
}

type Config = Readonly<Record<string, unknown>>
type Complaint = (code: ProblemCode, field: string, message: string) => void

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** What a tile names must exist: destinations with their actions and fields, audiences, orchestrations, secrets. */
export function checkReferences(tile: DraftTile, lookups: Lookups): Problem[] {
  const { id: tileId, type, config } = tile
  const problems: Problem[] = type === 'action' ? checkPartials(tile, lookups.templates) : []
  const complain: Complaint = (code, field, message) => problems.push({ code, tileId, path: `/config${field}`, message })
  if (type === 'action') checkAction(config, lookups, complain)
  if (type === 'subOrchestration') checkChild(text(config.orchestrationId), lookups, complain)
  if (type === 'entry') checkTriggers(config, lookups, complain)
  if (type === 'webhook') checkWebhook(config, lookups, complain)
  checkConditions(config, lookups, complain)
  return problems
}

/** What the settings name must exist. */
export function checkSettingsReferences(settings: Settings, lookups: Lookups): Problem[] {
  const problems: Problem[] = []
  checkConditions(settings, lookups, (code, field, message) => problems.push({ code, path: `/settings${field}`, message }))
  return problems
}

function checkConditions(value: unknown, { audiences, eventMonths }: Lookups, complain: Complaint): void {
  for (const { condition, path } of conditionsIn(value)) {
    if ('audience' in condition && !audiences.has(condition.audience)) complain('TW304', pointer(path), noAudience(condition.audience))
  }
  if (eventMonths !== undefined) for (const { path, message } of longWindows(value, eventMonths)) complain('TW315', path, message)
}

const noAudience = (id: unknown): string => `There is no audience '${String(id)}'; choose one that exists.`

function checkAction(config: Config, { destinations, templates, topics }: Lookups, complain: Complaint): void {
  const known = destinations.get(text(config.destinationId) ?? '')?.actions[text(config.action) ?? '']?.known
  checkTemplate(config, templates, known, complain)
  checkTopic(config, topics, complain)
  checkExempt(config, complain)
  const [id, name] = [text(config.destinationId), text(config.action)]
  if (id === undefined) return
  const destination = destinations.get(id)
  if (!destination) {
    const some = [...destinations.keys()].slice(0, 5).join(', ')
    return complain(
      'TW301',
      '/destinationId',
      `There is no destination '${id}'; ${some ? `choose one that exists, such as ${some}.` : 'make one first.'}`,
    )
  }
  if (name === undefined) return
  if (!Object.hasOwn(destination.actions, name)) {
    const actions = Object.keys(destination.actions).join(', ') || 'none'
    return complain('TW302', '/action', `A destination of type ${destination.type} has no action '${name}'; it has ${actions}.`)
  }
  const action = destination.actions[name]!
  const filled = new Set(filledBy(config, templates, action.known))
  checkFields(name, config.fields, { ...action, required: action.required.filter((field) => !filled.has(field)) }, complain)
  if (action.channel !== undefined) return
  for (const setting of ['topic', 'transactional', 'quietHours', 'priority'])
    if (config[setting] !== undefined)
      complain('TW217', `/${setting}`, `The action ${name} sends the customer no message, so '${setting}' has no effect; remove it.`)
}

function checkTopic({ topic, transactional }: Config, topics: ReadonlySet<string>, complain: Complaint): void {
  const id = text(topic)
  if (id === undefined) return
  if (!topics.has(id)) complain('TW316', '/topic', `There is no topic '${id}'; choose one that exists, or make it.`)
  else if (transactional === true)
    complain(
      'TW217',
      '/topic',
      'A transactional message goes whatever customers subscribed to, so its topic has no effect; remove one of the two.',
    )
}

function checkExempt({ transactional, ...config }: Config, complain: Complaint): void {
  if (transactional !== true) return
  for (const setting of ['quietHours', 'priority'])
    if (config[setting] !== undefined)
      complain(
        'TW217',
        `/${setting}`,
        `A transactional message leaves at any hour and by no cap, so '${setting}' has no effect; remove one of the two.`,
      )
}

function checkFields(action: string, fields: unknown, { known, required }: ActionLookup, complain: Complaint): void {
  const given: Config = typeof fields === 'object' && fields !== null ? (fields as Config) : {}
  for (const field of Object.keys(given)) {
    if (known.includes(field)) continue
    const near = nearest(field, known)
    complain(
      'TW303',
      `/fields${pointer([field])}`,
      `The action ${action} has no field '${field}'; ${near ? `did you mean '${near}'?` : `it has ${known.join(', ')}.`}`,
    )
  }
  for (const field of required) {
    const value = Object.hasOwn(given, field) ? given[field] : undefined
    if (typeof value !== 'string' || value.trim() === '')
      complain('TW311', `/fields${pointer([field])}`, `The action ${action} needs the field '${field}'; fill it in.`)
  }
}

function checkChild(id: string | undefined, { journeys, selfId }: Lookups, complain: Complaint): void {
  if (id === undefined) return
  const child = journeys.get(id)
  if (!child && id !== selfId) return complain('TW305', '/orchestrationId', `There is no orchestration '${id}'; choose one that exists.`)
  if (selfId !== undefined && reach([id], (journey) => journeys.get(journey)?.children ?? []).has(selfId)) {
    return complain('TW306', '/orchestrationId', `'${child?.name ?? id}' leads back into this orchestration; break the cycle.`)
  }
  if (child && child.status !== 'active') {
    complain(
      'TW313',
      '/orchestrationId',
      `The orchestration '${child.name}' is ${child.status}: until it is active, customers cannot enter it from here.`,
    )
  }
}

function checkTriggers({ triggers }: Config, { audiences }: Lookups, complain: Complaint): void {
  if (!Array.isArray(triggers)) return
  triggers.forEach((trigger: Config | null, index) => {
    if (trigger?.type !== 'audience') return
    const id = text(trigger.audienceId)
    if (id !== undefined && !audiences.has(id)) complain('TW304', `/triggers/${index}/audienceId`, noAudience(id))
  })
}

function checkWebhook({ secretId, sign, method, body }: Config, { secrets }: Lookups, complain: Complaint): void {
  if (method === 'GET' && body !== undefined) complain('TW217', '/body', 'A GET carries no body; choose another method, or remove it.')
  const id = text(secretId)
  if (id === undefined) return
  if (!secrets.has(id)) complain('TW312', '/secretId', `There is no secret '${id}'; choose one that exists, or make it.`)
  if (sign !== true) complain('TW217', '/secretId', "The secret is used for signing only; set 'sign' to true, or leave 'secretId' out.")
}
