import { queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import type { SeenEvent, SeenName } from '../../../store/schema.js'
import { get } from './client.js'
import type { Wire } from './query.js'

const seen = <T>(path: string, query: Record<string, string> = {}) =>
  queryOptions({
    queryKey: ['schema', path, query],
    queryFn: async ({ signal }) => (await get<{ data: Wire<T>[] }>(`/schema/${path}`, { query, signal })).data,
    staleTime: 30_000,
  })
const useSeen = <T>(path: string, query: Record<string, string> = {}, enabled = true) => useQuery({ ...seen<T>(path, query), enabled }).data

/** Events that came in, by name. */
export const useSeenEvents = () => useSeen<SeenEvent>('events')
/** Traits that came in, with types and samples. */
export const useSeenTraits = (enabled = true) => useSeen<SeenName>('traits', {}, enabled)
/** Properties of an event; none while no event is named. */
export const useSeenProperties = (event: string | undefined) => useSeen<SeenName>('events', { event: event ?? '' }, !!event)
/** Properties of several events, each in the place of its event; the same lists while nothing changes. */
export const useSeenOf = (events: readonly string[]): Wire<SeenName>[][] =>
  useQueries({
    queries: events.map((event) => seen<SeenName>('events', { event })),
    combine: (all) => all.map(({ data }) => data ?? []),
  })
