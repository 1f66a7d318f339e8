import { useMemo } from 'react'
import { useDestinationTypes, type DestinationType } from '../../api/destinations.js'
import { useChildren } from '../../api/journeys.js'
import { useMe } from '../../api/me.js'
import { useAll } from '../../api/query.js'
import { useTemplateRefs } from '../../api/templates.js'
import type { Names } from '../../canvas/words/say.js'
import type { ActionLookup, Lookups } from '../../../../tiles/validate.js'

interface Named {
  id: string
  name: string
}
/**
 * What validation looks up and what words name, through the API. Undefined parts are on their way.
 * @param selfId the orchestration that is edited
 */
export function useLookups(selfId: string): { lookups: Lookups | undefined; names: Names } {
  const destinations = useAll<Named & { type: string }>('destinations').data
  const audiences = useAll<Named>('audiences').data
  const journeys = useAll<Named & { status: string }>('journeys').data
  const secrets = useAll<Named>('secrets').data
  const topics = useAll<Named>('topics').data
  const types = useDestinationTypes().data
  const templates = useTemplateRefs().data
  const children = useChildren()
  const eventMonths = useMe().data?.eventMonths
  return useMemo(() => {
    const names: Names = { destinations: namesOf(destinations), audiences: namesOf(audiences), orchestrations: namesOf(journeys) }
    if (!destinations || !audiences || !journeys || !secrets || !topics || !types || !templates || !children || eventMonths === undefined)
      return { lookups: undefined, names }
    const byType = new Map(types.map(({ type, actions }) => [type, actionsOf(actions)]))
    const lookups: Lookups = {
      destinations: new Map(destinations.map(({ id, type }) => [id, { type, actions: byType.get(type) ?? {} }])),
      audiences: new Set(audiences.map(({ id }) => id)),
      journeys: new Map(journeys.map(({ id, name, status }) => [id, { name, status, children: children.get(id) ?? [] }])),
      secrets: namesOf(secrets),
      templates: new Map(templates.map(({ id, ...ref }) => [id, ref])),
      topics: new Set(topics.map(({ id }) => id)),
      selfId,
      eventMonths,
    }
    return { lookups, names }
  }, [destinations, audiences, journeys, secrets, topics, types, templates, children, eventMonths, selfId])
}

const namesOf = (rows: readonly Named[] = []): ReadonlyMap<string, string> => new Map(rows.map(({ id, name }) => [id, name]))

const actionsOf = (actions: DestinationType['actions']): Record<string, ActionLookup> =>
  Object.fromEntries(
    Object.entries(actions).map(([name, { fields, channel }]) => [
      name,
      { known: Object.keys(fields.properties ?? {}), required: fields.required ?? [], ...(channel && { channel }) },
    ]),
  )
