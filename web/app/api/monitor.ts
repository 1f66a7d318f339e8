import { useQuery } from '@tanstack/react-query'
import type { ErrorFilter, ErrorGroup as StoredGroup, ErrorStatus, DeliveryError as StoredError } from '../../../store/errors.js'
import type { LiveState as StoredLive } from '../../../store/live.js'
import type { Trend as StoredTrend } from '../../../store/trend.js'
import { at, get } from './client.js'
import type { Journey } from './journeys.js'
import { useList, type Wire } from './query.js'

export type LiveState = Wire<StoredLive>
export type Stats = LiveState['stats']
export type TileStats = Stats['tiles'][string]
export type Trend = Wire<StoredTrend>
export type { ErrorStatus }
export type DeliveryError = Wire<StoredError>
/** Errors of one code at one tile. */
export type ErrorGroup = Wire<StoredGroup>

/** Which members are counted: of one version, entered within a time. Instants in ISO 8601. */
export interface StatsFilter {
  version?: number | undefined
  from?: string | undefined
  to?: string | undefined
}

/** What the monitor shows of an orchestration. `undefined` in it: not known, because the stream of live counts cannot be had. */
export interface Watched extends Pick<LiveState, 'status' | 'version' | 'draftVersion' | 'held' | 'stats'> {
  paused: LiveState['paused'] | undefined
  inFlight: number | undefined
  errors: { retrying: number | undefined; parked: number }
}

/** The same as the stream tells, as far as single calls do. */
export async function readWatched(id: string, filter: StatsFilter): Promise<Watched> {
  const [journey, stats, all] = await Promise.all([
    get<Journey>(at`/journeys/${id}`),
    get<Stats>(at`/journeys/${id}/stats`, { query: { ...filter } }),
    get<Stats>(at`/journeys/${id}/stats`),
  ])
  const { status, version, draftVersion } = journey
  const { held, parked } = all.members
  return {
    status,
    version,
    draftVersion,
    held,
    stats,
    paused: status === 'paused' ? undefined : null,
    inFlight: undefined,
    errors: { retrying: undefined, parked },
  }
}

/** What happened in an orchestration over time; looked at again every half minute. */
export const useTrend = (id: string, { version, from, to }: StatsFilter, timezone: string) =>
  useQuery({
    queryKey: ['journeys', 'trend', id, version, from, to, timezone],
    queryFn: ({ signal }) => get<Trend>(at`/journeys/${id}/trend`, { query: { version, from, to, timezone }, signal }),
    refetchInterval: 30_000,
    placeholderData: (before) => before,
  })

/** Errors of one status by tile and code, the most first. */
export const useErrorGroups = (id: string, status: ErrorStatus) =>
  useQuery({
    queryKey: ['journeys', 'error-groups', id, status],
    queryFn: ({ signal }) => get<{ data: ErrorGroup[] }>(at`/journeys/${id}/errors/counts`, { query: { status }, signal }),
    select: ({ data }) => data,
    refetchInterval: 5_000,
  })

/** Deliveries that failed, what failed last first. */
export const useErrors = (id: string, { status, code, tileId }: Omit<ErrorFilter, 'journeyId'>) =>
  useList<DeliveryError>(['journeys', 'errors', id], at`/journeys/${id}/errors`, { status, code, tileId }, { refetchInterval: 5_000 })
