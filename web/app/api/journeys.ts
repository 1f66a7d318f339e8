import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { journey, journeyListed, journeyBody, validation } from '../../../api/schemas/journeys.js'
import type { JourneyStatus } from '../../../store/journeys.js'
import { at, del, get, post, request } from './client.js'
import { useList, type Wire } from './query.js'

export type { JourneyStatus }
/** An orchestration as lists show it, with counts of members. */
export type JourneyListed = Wire<z.output<typeof journeyListed>>
/** An orchestration with one of its canvases. */
export type Journey = Wire<z.output<typeof journey>>
export type JourneyInput = z.input<typeof journeyBody>
export type Validation = z.output<typeof validation>

export interface JourneyFilter {
  search?: string
  status?: JourneyStatus | undefined
}

/** Orchestrations, newest first, with counts. */
export const useJourneys = ({ search, status }: JourneyFilter) =>
  useList<JourneyListed>(['journeys', 'list'], '/journeys', { search, status, counts: true }, { refetchInterval: 10_000 })

/** One orchestration: its live canvas, or the draft while none is live; `version` picks another. */
export const useJourney = (id: string, version?: number | 'draft') =>
  useQuery({
    queryKey: ['journeys', 'one', id, version ?? 'live'],
    queryFn: ({ signal }) => get<Journey>(at`/journeys/${id}`, { query: { version }, signal }),
  })

/** Everything about orchestrations is read again after it. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>, quiet = false) {
  const client = useQueryClient()
  return useMutation({ mutationFn: change, meta: { quiet }, onSettled: () => client.invalidateQueries({ queryKey: ['journeys'] }) })
}

/** Makes a draft. */
export const useCreateJourney = () => useChange((input: JourneyInput) => post<Journey>('/journeys', input), true)

export const useDuplicateJourney = () => useChange((id: string) => post<Journey>(at`/journeys/${id}/duplicate`))

export const useDeleteJourney = () => useChange((id: string) => del(at`/journeys/${id}`), true)

export type PauseOptions = { clocks: 'run' | 'freeze'; entries: 'drop' | 'queue' }
export type ResumeOptions = { overdue: 'proceed' | { skipSendsOlderThan: string }; ratePerSecond?: number }
export type Lifecycle =
  | { verb: 'activate'; id: string }
  | { verb: 'pause'; id: string; options: PauseOptions }
  | { verb: 'resume'; id: string; options: ResumeOptions }
  | { verb: 'complete'; id: string; options: { members: 'walk' | 'exit' } }

/** Moves an orchestration from state to state. The answer of a pause has `inFlight`, that of a resume `held`. */
export const useLifecycle = () =>
  useChange(
    async (change: Lifecycle) =>
      (
        await request<Journey & { inFlight?: number; held?: number }>(
          'POST',
          at`/journeys/${change.id}` + `/${change.verb}`,
          'options' in change ? { body: change.options } : {},
        )
      ).data,
    true,
  )
