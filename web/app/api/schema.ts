import { useQuery } from '@tanstack/react-query'
import type { SeenEvent, SeenName } from '../../../store/schema.js'
import { get } from './client.js'
import type { Wire } from './query.js'

const useSeen = <T>(path: string, query: Record<string, string> = {}, enabled = true) =>
  useQuery({
    queryKey: ['schema', path, query],
    queryFn: async ({ signal }) => (await get<{ data: Wire<T>[] }>(`/schema/${path}`, { query, signal })).data,
    staleTime: 30_000,
    enabled,
  }).data

/** Events that came in, by name. */
export const useSeenEvents = () => useSeen<SeenEvent>('events')
/** Traits that came in, with types and samples. */
export const useSeenTraits = (enabled = true) => useSeen<SeenName>('traits', {}, enabled)
/** Properties of an event; none while no event is named. */
export const useSeenProperties = (event: string | undefined) => useSeen<SeenName>('events', { event: event ?? '' }, !!event)
