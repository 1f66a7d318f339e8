import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { bulkBody, listedJob } from '../../../api/schemas/members.js'
import type { DeliveryError as StoredError, ErrorCount as StoredCount, ErrorStatus } from '../../../store/errors.js'
import { at, get, post } from './client.js'
import { useList, type Wire } from './query.js'

export type { ErrorStatus }
export type DeliveryError = Wire<StoredError>
/** Errors of one code in one orchestration that are not resolved. */
export type ErrorCount = Wire<StoredCount>
/** Work over many rows, with what it is about. */
export type Job = Wire<z.output<typeof listedJob>>
export type Bulk = z.input<typeof bulkBody>

/** How often what is going on is looked at again, in ms. */
const EVERY = 3_000

/** What is not resolved, by orchestration and code, the most first. */
export const useErrorCounts = () =>
  useQuery({
    queryKey: ['errors', 'counts'],
    queryFn: ({ signal }) => get<{ data: ErrorCount[] }>('/errors/counts', { signal }),
    select: ({ data }) => data,
    refetchInterval: EVERY,
  })

export interface ErrorQuery {
  journeyId: string
  code: string
  status?: ErrorStatus | undefined
}

/** Deliveries that failed, what failed last first. */
export const useErrors = ({ journeyId, code, status }: ErrorQuery) =>
  useList<DeliveryError>(['errors', 'list'], '/errors', { journeyId, code, status }, { refetchInterval: EVERY })

export interface JobQuery {
  kind?: Job['kind'] | undefined
  status?: Job['status'] | undefined
}

/** Jobs, the newest first. */
export const useJobs = ({ kind, status }: JobQuery) => useList<Job>(['jobs', 'list'], '/jobs', { kind, status }, { refetchInterval: EVERY })

/** How many members something would touch now. Nothing is done. */
export const useBulkPreview = (journeyId: string, { filter, action }: Pick<Bulk, 'filter' | 'action'>) =>
  useQuery({
    queryKey: ['errors', 'preview', journeyId, filter, action],
    queryFn: ({ signal }) =>
      post<{ count: number }>(
        at`/journeys/${journeyId}/members/bulk`,
        { filter, action, reason: 'How many would it be' },
        { query: { dryRun: true }, signal },
      ),
    select: ({ count }) => count,
    staleTime: 0,
  })

/** Does something to many members, by a job. */
export function useBulk(journeyId: string) {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: Bulk) => post<{ jobId: string }>(at`/journeys/${journeyId}/members/bulk`, body),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ['errors'] }), client.invalidateQueries({ queryKey: ['jobs'] })]),
  })
}
