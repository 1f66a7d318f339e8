import { useQuery } from '@tanstack/react-query'
import type { Job } from '../../../store/jobs.js'
import { at, get } from './client.js'

export type { Job }

/** Work over many rows, looked at twice a second until it has ended. */
export const useJob = (id: string) =>
  useQuery({
    queryKey: ['jobs', id],
    queryFn: ({ signal }) => get<Job>(at`/jobs/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data && state.data.status !== 'running' ? false : 500),
  })
