import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { activation, detailsBody, journey, journeyBody, listedJourney, tagInUse, validation } from '../../../api/schemas/journeys.js'
import type { JourneyStatus } from '../../../store/journeys.js'
import { at, del, get, post, put, request } from './client.js'
import { useList, type Page, type Wire } from './query.js'

export type { JourneyStatus }
/** An orchestration as lists show it, with counts of members. */
export type JourneyListed = Wire<z.output<typeof listedJourney>>
/** An orchestration with one of its canvases. */
export type Journey = Wire<z.output<typeof journey>>
export type JourneyInput = z.input<typeof journeyBody>
export type Validation = z.output<typeof validation>

export type JourneyCounts = JourneyListed['counts']
export type Details = z.input<typeof detailsBody>
export const JOURNEY_SORTS = ['created', 'updated', 'name'] as const

export interface JourneyFilter {
  /** In the name or description; or the id. */
  q?: string
  status?: JourneyStatus | undefined
  tag?: string | undefined
  sort?: (typeof JOURNEY_SORTS)[number]
}

/** Orchestrations with counts; the newest first unless told. */
export const useJourneys = ({ q, status, tag, sort }: JourneyFilter) =>
  useList<JourneyListed>(['journeys', 'list'], '/journeys', { q, status, tag, sort }, { refetchInterval: 10_000 })

/** Tags in use, with how many orchestrations carry each. */
export const useTags = () =>
  useQuery({
    queryKey: ['journeys', 'tags'],
    queryFn: ({ signal }) => get<Page<z.output<typeof tagInUse>>>('/journeys/tags', { query: { limit: 200 }, signal }),
    select: ({ data }) => data,
  })

/** One orchestration: its live canvas, or the draft while none is live; `version` picks another. */
export const useJourney = (id: string, version?: number | 'draft') =>
  useQuery({
    queryKey: ['journeys', 'one', id, version ?? 'live'],
    queryFn: ({ signal }) => get<Journey>(at`/journeys/${id}`, { query: { version }, signal }),
  })

/** Which orchestrations enter which others, by their ids. */
export const useChildren = (): ReadonlyMap<string, string[]> | undefined =>
  useQuery({
    queryKey: ['journeys', 'children'],
    queryFn: ({ signal }) => get<Parents>('/journeys/children', { signal }),
    select: childrenById,
    staleTime: 15_000,
    refetchOnWindowFocus: true,
  }).data

interface Parents {
  data: { id: string; children: string[] }[]
}
const childrenById = ({ data }: Parents): ReadonlyMap<string, string[]> => new Map(data.map(({ id, children }) => [id, children]))

/** What activating a draft would do; fails as activating would. */
export const useActivationPreview = (id: string) =>
  useQuery({
    queryKey: ['journeys', 'activation', id],
    queryFn: () => post<z.output<typeof activation>>(at`/journeys/${id}/activate`, undefined, { query: { dryRun: true } }),
    staleTime: 0,
  })

/** Everything about orchestrations is read again after it. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>, quiet = false) {
  const client = useQueryClient()
  return useMutation({ mutationFn: change, meta: { quiet }, onSettled: () => client.invalidateQueries({ queryKey: ['journeys'] }) })
}

/** Makes a draft. */
export const useCreateJourney = () => useChange((input: JourneyInput) => post<Journey>('/journeys', input), true)

/** Changes name, description or tags, in any state. */
export const useChangeDetails = () =>
  useChange(({ id, ...details }: Details & { id: string }) => put<Journey>(at`/journeys/${id}/details`, details), true)

export const useDuplicateJourney = () => useChange((id: string) => post<Journey>(at`/journeys/${id}/duplicate`, {}))

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
