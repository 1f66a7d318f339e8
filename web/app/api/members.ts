import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { bulkBody, member, memberStatus, timelineEntry } from '../../../api/schemas/members.js'
import type { TimelineEntry as StoredEntry } from '../../../store/timeline.js'
import { at, get, post } from './client.js'
import { useList, type Page, type Wire } from './query.js'

export type Member = Wire<z.output<typeof member>>
export type MemberStatus = z.output<typeof memberStatus>
/** A thing that happened to a member; the event is one of a closed list, the rest as the API declares it. */
export type TimelineEntry = Wire<Omit<z.output<typeof timelineEntry>, 'event' | 'error'>> & Pick<StoredEntry, 'event' | 'error'>

export type BulkInput = z.input<typeof bulkBody>
export type OperatorAction = BulkInput['action']

export const MEMBER_STATUS = ['active', 'held', 'parked', 'exited'] as const satisfies readonly MemberStatus[]

/** Who of the members; all of it must hold. */
export interface MemberFilter {
  status?: MemberStatus | undefined
  tile?: string | undefined
  customerId?: string | undefined
  version?: string | undefined
  /** Instants in ISO 8601. */
  enteredFrom?: string | undefined
  enteredTo?: string | undefined
  /** A tile that they have been at, or where an action of theirs failed for good. */
  visited?: string | undefined
  failedAt?: string | undefined
  converted?: string | undefined
}

/** Members of an orchestration, newest first. */
export const useMembers = (id: string, filter: MemberFilter) =>
  useList<Member>(['journeys', 'members', id], at`/journeys/${id}/members`, { ...filter, limit: 100 }, { refetchInterval: 5_000 })

/** One member, looked at again while it walks. */
export const useMember = (id: string, memberId: string) =>
  useQuery({
    queryKey: ['journeys', 'member', id, memberId],
    queryFn: ({ signal }) => get<Member>(at`/journeys/${id}/members/${memberId}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'exited' ? false : 3_000),
  })

/** Everything that happened to a member, oldest first, page by page. */
export const useTimeline = (id: string, memberId: string, live: boolean) =>
  useList<TimelineEntry>(['journeys', 'timeline', id, memberId], at`/journeys/${id}/members/${memberId}/timeline`, {}, live ? { refetchInterval: 3_000 } : {}) // prettier-ignore

/** What an operator does to one member. */
export interface Operation {
  journeyId: string
  memberId: string
  action: OperatorAction
  to?: string | undefined
  reason?: string | undefined
}

/** Does something to one member, then reads everything of orchestrations again. */
export function useOperate() {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ journeyId, memberId, action, to, reason }: Operation) =>
      post<Member>(at`/journeys/${journeyId}/members/${memberId}` + `/${action}`, {
        ...(action === 'move' && { to }),
        ...(reason && { reason }),
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ['journeys'] }),
  })
}

/** How many members something would be done to now. */
export const useBulkCount = (journeyId: string, { filter, action, to }: Omit<BulkInput, 'reason'> & { to?: string | undefined }) =>
  useQuery({
    queryKey: ['journeys', 'bulk', journeyId, filter, action, to],
    queryFn: ({ signal }) =>
      post<{ count: number }>(at`/journeys/${journeyId}/members/bulk`, { filter, action, ...(to !== undefined && { to }), reason: 'count' }, { query: { dryRun: true }, signal }), // prettier-ignore
    select: ({ count }) => count,
    enabled: action !== 'move' || to !== undefined,
    staleTime: 0,
  })

/** Does something to many members by a job. */
export const useBulk = (journeyId: string) =>
  useMutation({
    meta: { quiet: true },
    mutationFn: (input: BulkInput) => post<{ jobId: string }>(at`/journeys/${journeyId}/members/bulk`, input),
  })

/** A customer as a search finds it. */
export interface FoundCustomer {
  id: string
  email: string | null
  name: string | null
}

/** Customers by how the words of their id, email or name begin; the first twenty. */
export const useFoundCustomers = (q: string, enabled = true) =>
  useQuery({
    queryKey: ['customers', 'found', q],
    queryFn: ({ signal }) => get<Page<FoundCustomer>>('/customers', { query: { q, limit: 20 }, signal }),
    select: ({ data }) => data,
    placeholderData: (before) => before,
    enabled,
  })
