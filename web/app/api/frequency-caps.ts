import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FrequencyCap as StoredCap, FrequencyCapInput } from '../../../store/frequency-caps.js'
import { at, del, post, request } from './client.js'
import { useList, type Wire } from './query.js'

export type { FrequencyCapInput }
export type FrequencyCap = Omit<Wire<StoredCap>, 'revision'>

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ['frequency-caps'] }),
  })
}

export const useFrequencyCaps = () => useList<FrequencyCap>(['frequency-caps', 'list'], '/frequency-caps')

/** One cap with its ETag. */
export const useFrequencyCap = (id: string) =>
  useQuery({
    queryKey: ['frequency-caps', 'one', id],
    queryFn: ({ signal }) => request<FrequencyCap>('GET', at`/frequency-caps/${id}`, { signal }),
  })

export const useCreateFrequencyCap = () => useChange((input: FrequencyCapInput) => post<FrequencyCap>('/frequency-caps', input))

export const useReplaceFrequencyCap = () =>
  useChange(({ id, etag, ...body }: FrequencyCapInput & { id: string; etag?: string | undefined }) =>
    request<FrequencyCap>('PUT', at`/frequency-caps/${id}`, { body, ...(etag !== undefined && { ifMatch: etag }) }),
  )

export const useDeleteFrequencyCap = () => useChange((id: string) => del(at`/frequency-caps/${id}`))
