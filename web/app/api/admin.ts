import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AuditEntry as StoredEntry } from '../../../store/audit.js'
import type { ApiKey as StoredKey } from '../../../store/keys.js'
import type { Role, User as StoredUser, UserInput } from '../../../store/users.js'
import { at, del, post, request } from './client.js'
import type { SettingsInput, WorkspaceSettings } from '../../../store/workspaces.js'
import type { Scope } from './me.js'
import { useList, type Wire } from './query.js'

export type { Role, UserInput }
export type ApiKey = Wire<StoredKey>
export type AuditEntry = Wire<StoredEntry>
export type User = Omit<Wire<StoredUser>, 'revision'>
export type Settings = WorkspaceSettings

function useChange<Input, Output>(key: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ meta: { quiet: true }, mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: [key] }) })
}

export const useApiKeys = () => useList<ApiKey>(['api-keys'], '/api-keys')

/** The answer carries the key itself, this once. */
export const useCreateApiKey = () =>
  useChange('api-keys', (input: { name: string; scopes: Scope[]; expiresAt?: string }) =>
    post<ApiKey & { key: string }>('/api-keys', input),
  )

export const useRevokeApiKey = () => useChange('api-keys', (id: string) => del(at`/api-keys/${id}`))

export const useUsers = () => useList<User>(['users', 'list'], '/users')

/** One user with the ETag. */
export const useUser = (id: string) =>
  useQuery({ queryKey: ['users', 'one', id], queryFn: ({ signal }) => request<User>('GET', at`/users/${id}`, { signal }) })

export const useCreateUser = () => useChange('users', (input: UserInput) => post<User>('/users', input))

export const useReplaceUser = () =>
  useChange('users', ({ id, etag, ...body }: UserInput & { id: string; etag?: string | undefined }) =>
    request<User>('PUT', at`/users/${id}`, { body, ...(etag !== undefined && { ifMatch: etag }) }),
  )

export const useRemoveUser = () => useChange('users', (id: string) => del(at`/users/${id}`))

/** A link that signs the user in once; it is shown this once. */
export const useSignInLink = () =>
  useChange('users', (id: string) => post<{ url: string; expiresAt: string }>(at`/users/${id}/sign-in-links`))

/** The settings of the workspace, with their ETag. */
export const useSettings = () =>
  useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => request<Settings>('GET', '/settings', { signal }) })

export function useReplaceSettings() {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ etag, ...body }: SettingsInput & { etag?: string | undefined }) =>
      request<Settings>('PUT', '/settings', { body, ...(etag !== undefined && { ifMatch: etag }) }),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ['settings'] }), client.invalidateQueries({ queryKey: ['me'] })]),
  })
}

export interface AuditQuery {
  actor?: string | undefined
  action?: string | undefined
  target?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** Who changed what, newest first. */
export const useAuditLog = ({ actor, action, target, from, to }: AuditQuery) =>
  useList<AuditEntry>(['audit-log'], '/audit-log', { actor, action, target, from, to })
