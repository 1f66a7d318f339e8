import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Channel } from '../../../model/channels.js'
import type { Destination as Stored, Failing } from '../../../store/destinations.js'
import type { SecretName } from '../../../store/secrets.js'
import { at, del, get, post, put, request } from './client.js'
import { useList, type Wire } from './query.js'

/** A configured account at a vendor. Its secrets never come. */
export type Destination = Omit<Wire<Stored>, 'revision' | 'rateLimit' | 'failing'> & {
  rateLimit?: { perSecond: number }
  failing?: Wire<Failing>
  /** Where the vendor tells what becomes of messages; in lists it is left out. */
  feedback?: { url: string; ready: boolean; missing?: string }
}
export type Secret = Wire<SecretName>

/** What is written. Secrets are laid over those that are kept; null takes one away. */
export interface DestinationInput {
  name: string
  type: string
  config: Record<string, unknown>
  secrets?: Record<string, unknown>
  rateLimit?: { perSecond: number }
}

/** JSON Schema of one setting, as far as forms read it. */
export interface FieldSchema {
  type?: string
  title?: string
  description?: string
  enum?: unknown[]
  default?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  format?: string
}

/** JSON Schema of an object whose properties are settings. */
export interface FieldsSchema {
  properties?: Record<string, FieldSchema>
  required?: string[]
}

/** A vendor: the settings and secrets that it needs, and what it can do. */
export interface DestinationType {
  type: string
  title: string
  docs?: string
  /** Sends a second that it takes. */
  perSecond?: number
  dedupes: boolean
  idempotency: string
  config: FieldsSchema
  secrets: FieldsSchema
  /** Of a vendor that tells what becomes of messages. */
  feedback?: { docs: string; events: string[]; setup: string[] }
  actions: Record<string, { title: string; channel?: Channel; dedupes: boolean; idempotency: string; fields: FieldsSchema }>
}

/** What a vendor can do, in its own words. */
export const doesOf = ({ actions }: DestinationType): string =>
  Object.values(actions)
    .map(({ title }) => title)
    .join(', ')

/** What a try of the connection answered. */
export interface ConnectionTest {
  ok: boolean
  code?: string
  message?: string
}

export const useDestinations = () => useList<Destination>(['destinations', 'list'], '/destinations')

export const useDestinationTypes = () =>
  useQuery({
    queryKey: ['destinations', 'types'],
    queryFn: ({ signal }) => get<{ data: DestinationType[] }>('/destination-types', { signal }),
    select: ({ data }) => data,
    staleTime: Infinity,
  })

/** One destination with its ETag. */
export const useDestination = (id: string) =>
  useQuery({
    queryKey: ['destinations', 'one', id],
    queryFn: ({ signal }) => request<Destination>('GET', at`/destinations/${id}`, { signal }),
  })

function useChange<Input, Output>(key: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ meta: { quiet: true }, mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: [key] }) })
}

export const useCreateDestination = () => useChange('destinations', (input: DestinationInput) => post<Destination>('/destinations', input))

/** `etag`: refused when somebody changed it meanwhile. */
export const useReplaceDestination = (id: string) =>
  useChange('destinations', ({ etag, ...body }: DestinationInput & { etag?: string | undefined }) =>
    request<Destination>('PUT', at`/destinations/${id}`, { body, ...(etag !== undefined && { ifMatch: etag }) }),
  )

/** The page of the one that is gone is left, not read again. */
export function useDeleteDestination() {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: (id: string) => del(at`/destinations/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['destinations', 'list'] }),
  })
}

/** Tries the connection as it is saved; nothing is sent. */
export const useTestDestination = (id: string) =>
  useMutation({ meta: { quiet: true }, mutationFn: () => post<ConnectionTest>(at`/destinations/${id}/test`) })

/** Names of secrets for webhooks; values never come. */
export const useSecrets = () => useList<Secret>(['secrets', 'list'], '/secrets')

export const useCreateSecret = () => useChange('secrets', (input: { name: string; value: string }) => post<Secret>('/secrets', input))

export const useReplaceSecret = () =>
  useChange('secrets', ({ id, value }: { id: string; value: string }) => put<Secret>(at`/secrets/${id}`, { value }))

export const useDeleteSecret = () => useChange('secrets', (id: string) => del(at`/secrets/${id}`))
