import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { dryRun, publishBody, version, versionSummary } from '../../../api/schemas/versions.js'
import { at, del, post, request } from './client.js'
import { useList, type Wire } from './query.js'

export type VersionSummary = Wire<z.output<typeof versionSummary>>
export type Version = Wire<z.output<typeof version>>
export type PublishInput = z.input<typeof publishBody>
export type Fate = NonNullable<PublishInput['default']>
export type DryRun = z.output<typeof dryRun>

/** Versions of an orchestration, newest first, with how many members walk each now. */
export const useVersions = (id: string) => useList<VersionSummary>(['journeys', 'versions', id], at`/journeys/${id}/versions`, { limit: 100 }, { refetchInterval: 10_000 }) // prettier-ignore

/** One version with its canvas and ETag; a published one never changes its canvas. */
export const useVersion = (id: string, n: number | undefined) =>
  useQuery({
    queryKey: ['journeys', 'version', id, n],
    queryFn: ({ signal }) => request<Version>('GET', at`/journeys/${id}/versions/${n!}`, { signal }),
    enabled: n !== undefined,
  })

/** The tiles of a published version by their ids, read once: they never change. */
export const usePublished = (id: string, n: number) =>
  useQuery({
    queryKey: ['published', id, n],
    queryFn: async ({ signal }) => {
      const { data } = await request<Version>('GET', at`/journeys/${id}/versions/${n}`, { signal })
      return new Map(data.tiles.map((tile) => [tile.id, tile]))
    },
    staleTime: Infinity,
  })

/** What a publication would do to how many members. Its answer is that of the plan it was asked about. */
export const usePublishDryRun = (id: string, n: number, plan: PublishInput) =>
  useQuery({
    queryKey: ['journeys', 'dry-run', id, n, plan],
    queryFn: ({ signal }) => post<DryRun>(at`/journeys/${id}/versions/${n}/publish`, plan, { query: { dryRun: true }, signal }),
    placeholderData: (before) => before,
    staleTime: 0,
    refetchInterval: 10_000,
  })

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    meta: { quiet: true },
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ['journeys'] }),
  })
}

/** Publishes a draft as it was read: refused (412) when somebody changed it since. */
export const usePublish = (id: string) =>
  useChange(async ({ n, plan, etag }: { n: number; plan: PublishInput; etag: string | undefined }) => {
    const sending = { body: plan, ...(etag !== undefined && { ifMatch: etag }) }
    return (await request<{ jobId: string; version: number }>('POST', at`/journeys/${id}/versions/${n}/publish`, sending)).data
  })

/** Makes the draft of the next version: a copy of the canvas given. */
export const useRestore = (id: string) =>
  useChange(({ name, description, tiles, edges, settings }: Version) =>
    post<Version>(at`/journeys/${id}/versions`, { name, description, tiles, edges, settings }),
  )

/** Drops the draft of a live orchestration. */
export const useDropDraft = (id: string) => useChange((n: number) => del(at`/journeys/${id}/versions/${n}`))
