import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { Customer as Stored, TraitChange as StoredChange } from '../../../store/customers.js'
import type { CustomerSummary as Summary } from '../../../store/customers-list.js'
import type { StoredEvent } from '../../../store/events.js'
import type { z } from 'zod'
import type { member } from '../../../api/schemas/members.js'
import { at, get, request, type Answer } from './client.js'
import { useList, type Page, type Wire } from './query.js'

export type CustomerSummary = Wire<Summary>
export type Customer = Wire<Stored>
export type TraitChange = Wire<StoredChange>
export type Member = Wire<z.output<typeof member>>
export type CustomerEvent = Wire<StoredEvent>

/** Customers by how the words of their id, email or name begin; the newest first without a search. */
export const useCustomers = (q: string) => useList<CustomerSummary>(['customers', 'list'], '/customers', { q })

/** How many customers there are; `exact` up to 10,000. */
export const useCustomerTotal = () =>
  useQuery({
    queryKey: ['customers', 'total'],
    queryFn: ({ signal }) =>
      get<Page<CustomerSummary> & { total?: { count: number; exact: boolean } }>('/customers', { query: { limit: 1 }, signal }),
    select: ({ total }) => total,
  })

/** A profile with its ETag. */
export const useCustomer = (id: string) =>
  useQuery({
    queryKey: ['customers', 'one', id],
    queryFn: ({ signal }) => request<Customer>('GET', at`/customers/${id}`, { signal }),
    refetchInterval: 15_000,
  })

/** Changes of traits, newest first. */
export const useTraitHistory = (id: string) => useList<TraitChange>(['customers', 'history', id], at`/customers/${id}/history`)

export const useCustomerEvents = (id: string) =>
  useList<CustomerEvent>(['customers', 'events', id], at`/customers/${id}/events`, {}, { refetchInterval: 10_000 })

/** Their walks through orchestrations, newest first. */
export const useCustomerMembers = (id: string) =>
  useList<Member>(['customers', 'members', id], at`/customers/${id}/members`, {}, { refetchInterval: 10_000 })

const again = (client: QueryClient): Promise<void> => client.invalidateQueries({ queryKey: ['customers'] })

/** Merges traits (null removes one); makes the profile when it is missing. `etag`: refused when somebody changed it meanwhile. */
export function useMergeTraits() {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({
      id,
      traits,
      etag,
    }: {
      id: string
      traits: Record<string, unknown>
      etag?: string | undefined
    }): Promise<Answer<Customer>> =>
      request<Customer>('PUT', at`/customers/${id}`, { body: { traits }, ...(etag !== undefined && { ifMatch: etag }) }),
    onSettled: () => again(client),
  })
}
