import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { Condition } from '../../../model/condition.js'
import type { Audience as Stored } from '../../../store/audiences.js'
import type { ChangeEstimate, Estimate, Guess } from '../../../store/audiences-estimate.js'
import type { CustomerSummary } from '../../../store/customers-list.js'
import { at, del, post, request } from './client.js'
import { useList, type Wire } from './query.js'

export type { Condition, Guess }
/** A set of customers, without the number of its revision, which is in its ETag. */
export type Audience = Omit<Wire<Stored>, 'revision' | 'when'> & { when?: Condition }
/** Who is in it, since when. */
export type AudienceMember = Wire<CustomerSummary>

/** Customers that one call may name. */
export const MAX_MEMBERS = 10_000

/** All audiences; sizes and builds are looked at again. */
export const useAudiences = () => useList<Audience>(['audiences', 'list'], '/audiences', {}, { refetchInterval: 3_000 })

/** One audience with its ETag; while it is building, its progress every second. */
export const useAudience = (id: string) =>
  useQuery({
    queryKey: ['audiences', 'one', id],
    queryFn: ({ signal }) => request<Audience>('GET', at`/audiences/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.data.status === 'building' ? 1_000 : 10_000),
  })

/** Who is in an audience, by id; or those whose id or email, or words of these or of the name, begin with `q`. */
export const useAudienceMembers = (id: string, q: string) =>
  useList<AudienceMember>(['audiences', 'members', id], at`/audiences/${id}/members`, { q }, { refetchInterval: 10_000 })

/**
 * How many customers a condition holds for now; nothing is asked while there is none.
 * @param audienceId whose condition it would become: then who comes in and who goes out is told too
 */
export const useEstimate = (when: Condition | undefined, audienceId?: string) =>
  useQuery({
    queryKey: ['audiences', 'estimate', when, audienceId],
    queryFn: ({ signal }) => post<Estimate & Partial<ChangeEstimate>>('/audiences/estimate', { when, audienceId }, { signal }),
    enabled: when !== undefined,
    staleTime: 30_000,
  })

const again = (client: QueryClient): Promise<void> => client.invalidateQueries({ queryKey: ['audiences'] })

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ meta: { quiet: true }, mutationFn: change, onSettled: () => again(client) })
}

/** A list, or with `when` an audience by condition. */
export const useCreateAudience = () =>
  useChange(({ name, when }: { name: string; when?: Condition | undefined }) =>
    post<Audience>('/audiences', when === undefined ? { name, kind: 'list' } : { name, kind: 'condition', when }),
  )

/** Renames it, or changes its condition. `etag`: refused when somebody changed it meanwhile. */
export const useChangeAudience = (id: string) =>
  useChange(({ etag, ...body }: { name: string; when?: Condition | undefined; etag?: string | undefined }) =>
    request<Audience>('PUT', at`/audiences/${id}`, { body, ...(etag !== undefined && { ifMatch: etag }) }),
  )

/** The page of the one that is gone is left, not read again. */
export function useDeleteAudience() {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: (id: string) => del(at`/audiences/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['audiences', 'list'] }),
  })
}

/** Adds customers to a list, or takes them out; at most MAX_MEMBERS. */
export const useChangeMembers = (id: string) =>
  useChange((body: { add?: string[]; remove?: string[] }) => post<Audience>(at`/audiences/${id}/members`, body))
