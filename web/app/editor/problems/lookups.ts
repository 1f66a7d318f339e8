import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { at, get } from '../../api/client.js'
import type { Journey } from '../../api/journeys.js'
import { useDestinationTypes, type DestinationType } from '../../api/destinations.js'
import { useAll } from '../../api/query.js'
import type { Doc } from '../../canvas/doc/types.js'
import type { Names } from '../../canvas/words/say.js'
import type { Lookups } from '../../../../tiles/validate.js'

interface Named {
  id: string
  name: string
}
/**
 * What validation looks up and what words name, through the API. Undefined parts are on their way.
 * @param selfId the orchestration that is edited
 */
export function useLookups(doc: Doc, selfId: string): { lookups: Lookups | undefined; names: Names } {
  const destinations = useAll<Named & { type: string }>('destinations').data
  const audiences = useAll<Named>('audiences').data
  const journeys = useAll<Named & { status: string }>('journeys').data
  const secrets = useAll<Named>('secrets').data
  const types = useDestinationTypes().data
  const children = useChildren(doc, selfId, journeys)
  return useMemo(() => {
    const names: Names = { destinations: namesOf(destinations), audiences: namesOf(audiences), orchestrations: namesOf(journeys) }
    if (!destinations || !audiences || !journeys || !secrets || !types) return { lookups: undefined, names }
    const byType = new Map(types.map(({ type, actions }) => [type, actionsOf(actions)]))
    const lookups: Lookups = {
      destinations: new Map(destinations.map(({ id, type }) => [id, { type, actions: byType.get(type) ?? {} }])),
      audiences: new Set(audiences.map(({ id }) => id)),
      journeys: new Map(journeys.map(({ id, name, status }) => [id, { name, status, children: children.get(id) ?? [] }])),
      secrets: namesOf(secrets),
      selfId,
    }
    return { lookups, names }
  }, [destinations, audiences, journeys, secrets, types, children, selfId])
}

const namesOf = (rows: readonly Named[] = []): ReadonlyMap<string, string> => new Map(rows.map(({ id, name }) => [id, name]))

const actionsOf = (actions: DestinationType['actions']): Record<string, { known: string[]; required: string[] }> =>
  Object.fromEntries(
    Object.entries(actions).map(([name, { fields }]) => [
      name,
      { known: Object.keys(fields.properties ?? {}), required: fields.required ?? [] },
    ]),
  )

/** The orchestrations that those which this canvas enters enter in turn, as far as they go: for cycles. */
function useChildren(doc: Doc, selfId: string, journeys: readonly Named[] = []): ReadonlyMap<string, string[]> {
  const there = new Set(journeys.map(({ id }) => id))
  const direct = childrenOf(doc)
  // Each round of answers may name more; the queries of those are asked in the next.
  const known = new Map<string, string[]>([[selfId, direct]])
  const first = useOf(direct.filter((id) => id !== selfId && there.has(id)))
  first.forEach(([id, ids]) => known.set(id, ids))
  const second = useOf([...new Set(first.flatMap(([, ids]) => ids))].filter((id) => !known.has(id) && there.has(id)))
  second.forEach(([id, ids]) => known.set(id, ids))
  const key = JSON.stringify([...known])
  return useMemo(() => new Map(JSON.parse(key) as [string, string[]][]), [key])
}

function useOf(ids: readonly string[]): [string, string[]][] {
  const answers = useQueries({
    queries: ids.map((id) => ({ queryKey: ['journeys', 'one', id, 'live'], queryFn: ({ signal }: { signal: AbortSignal }) => get<Journey>(at`/journeys/${id}`, { signal }), retry: false })), // prettier-ignore
  })
  return answers.flatMap(({ data }) => (data ? [[data.id, childrenOf(data)] as [string, string[]]] : []))
}

const childrenOf = ({ tiles }: { tiles: readonly { type: string; config: Record<string, unknown> }[] }): string[] => [
  ...new Set(
    tiles.flatMap(({ type, config }) =>
      type === 'subOrchestration' && typeof config.orchestrationId === 'string' ? [config.orchestrationId] : [],
    ),
  ),
]
