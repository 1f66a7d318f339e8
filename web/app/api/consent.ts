import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Channel } from '../../../model/channels.js'
import type {
  Subscription as StoredSubscription,
  SubscriptionChange as StoredChange,
  SubscriptionState,
} from '../../../store/subscriptions.js'
import type { Suppression as StoredSuppression, SuppressionReason } from '../../../store/suppressions.js'
import type { Topic as StoredTopic, TopicInput } from '../../../store/topics.js'
import { at, del, post, request } from './client.js'
import { useList, type Wire } from './query.js'

export type { Channel, SubscriptionState, SuppressionReason, TopicInput }
export type Topic = Omit<Wire<StoredTopic>, 'revision'>
export type Subscription = Wire<StoredSubscription>
export type SubscriptionChange = Wire<StoredChange>
export type Suppression = Wire<StoredSuppression>

function useChange<Input, Output>(key: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ meta: { quiet: true }, mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: [key] }) })
}

export const useTopics = () => useList<Topic>(['topics', 'list'], '/topics')

/** One topic with its ETag. */
export const useTopic = (id: string) =>
  useQuery({ queryKey: ['topics', 'one', id], queryFn: ({ signal }) => request<Topic>('GET', at`/topics/${id}`, { signal }) })

export const useCreateTopic = () => useChange('topics', (input: TopicInput) => post<Topic>('/topics', input))

export const useReplaceTopic = () =>
  useChange('topics', ({ id, etag, ...body }: TopicInput & { id: string; etag?: string | undefined }) =>
    request<Topic>('PUT', at`/topics/${id}`, { body, ...(etag !== undefined && { ifMatch: etag }) }),
  )

export const useDeleteTopic = () => useChange('topics', (id: string) => del(at`/topics/${id}`))

interface Said {
  customerId: string
  subscriptions: Subscription[]
}

/** What a customer said, with its ETag. */
export const useSubscriptions = (id: string) =>
  useQuery({
    queryKey: ['subscriptions', 'one', id],
    queryFn: ({ signal }) => request<Said>('GET', at`/customers/${id}/subscriptions`, { signal }),
  })

export const useSubscriptionHistory = (id: string) =>
  useList<SubscriptionChange>(['subscriptions', 'history', id], at`/customers/${id}/subscriptions/history`)

/** Writes one thing that a customer says; null forgets it. */
export const useSaySubscription = (id: string) =>
  useChange('subscriptions', ({ etag, ...said }: SayInput) =>
    request<Said>('PUT', at`/customers/${id}/subscriptions`, {
      body: { subscriptions: [said] },
      ...(etag !== undefined && { ifMatch: etag }),
    }),
  )

interface SayInput {
  channel: Channel
  topic: string | null
  state: SubscriptionState | null
  etag: string | undefined
}

/** Addresses that are not written to, newest first; `q`: how they begin. */
export const useSuppressions = (query: { q?: string | undefined; channel?: string | undefined; reason?: string | undefined }) =>
  useList<Suppression>(['suppressions'], '/suppressions', query)

export const useSuppress = () =>
  useChange('suppressions', (input: { channel: Channel; address: string; reason: SuppressionReason }) =>
    post<Suppression>('/suppressions', input),
  )

export const useUnsuppress = () => useChange('suppressions', (id: string) => del(at`/suppressions/${id}`))
