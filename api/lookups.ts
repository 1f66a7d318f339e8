import { audienceIds } from '../store/audiences.js'
import { destinationTypes } from '../store/destinations.js'
import { journeyRefs } from '../store/refs.js'
import { secretNames } from '../store/secrets.js'
import { templateRefs } from '../store/templates-sent.js'
import { topicNames } from '../store/topics.js'
import type { Lookups } from '../tiles/validate.js'
import type { ApiDeps } from './deps.js'

/** What validation looks up of a workspace: five small queries. */
export async function lookups({ db, vendors, settings }: ApiDeps, workspaceId: string, selfId: string): Promise<Lookups> {
  const [types, audiences, journeys, secrets, templates, topics] = await Promise.all([
    destinationTypes(db, workspaceId),
    audienceIds(db, workspaceId),
    journeyRefs(db, workspaceId),
    secretNames(db, workspaceId),
    templateRefs(db, workspaceId),
    topicNames(db, workspaceId),
  ])
  const destinations = new Map(
    [...types].map(([id, type]) => {
      const actions = Object.entries(vendors.get(type)?.actions ?? {}).map(
        ([name, { fields, channel }]) => [name, { ...fieldNames(fields.shape), ...(channel && { channel }) }] as const,
      )
      return [id, { type, actions: Object.fromEntries(actions) }]
    }),
  )
  return {
    destinations,
    audiences,
    journeys,
    secrets,
    templates,
    topics: new Set(topics.keys()),
    selfId,
    eventMonths: settings.eventMonths,
  }
}

function fieldNames(shape: Record<string, { safeParse(value: unknown): { success: boolean } }>): { known: string[]; required: string[] } {
  const known = Object.keys(shape)
  return { known, required: known.filter((name) => !shape[name]!.safeParse(undefined).success) }
}
