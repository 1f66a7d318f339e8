import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { me } from '../../../api/routes/me.js'
import type { Scope } from '../../../store/keys.js'
import { get } from './client.js'
import type { Wire } from './query.js'

export type { Scope }
/** Who is signed in, what they may do, and where things are. */
export type Me = Wire<z.output<typeof me>>

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: ({ signal }) => get<Me>('/me', { signal }), staleTime: 60_000 })

/** Whether the person may do what needs a scope; not before it is known. What they may not do is not offered. */
export function useMay(scope: Scope): boolean {
  const { data } = useMe()
  return data !== undefined && (data.scopes.includes(scope) || data.scopes.includes('admin'))
}
