import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type {
  template,
  templateBody,
  templatePut,
  templateRef,
  templateSummary,
  templateVersion,
  wholeTemplateVersion,
} from '../../../api/schemas/templates.js'
import { at, del, get, post, request } from './client.js'
import { useList, type Wire } from './query.js'

export type TemplateSummary = Wire<z.output<typeof templateSummary>>
export type Template = Wire<z.output<typeof template>>
export type TemplateContent = Template['content']
export type TemplateKind = Template['kind']
export type TemplateVersionSummary = Wire<z.output<typeof templateVersion>>
export type TemplateVersion = Wire<z.output<typeof wholeTemplateVersion>>
export type TemplateRef = z.output<typeof templateRef>

export const useTemplates = (search: string, kind: TemplateKind | undefined) =>
  useList<TemplateSummary>(['templates', 'list'], '/templates', { search, kind })

/** A template with its ETag; not read again by itself: somebody is writing in it. */
export const useTemplate = (id: string) =>
  useQuery({
    queryKey: ['templates', 'one', id],
    queryFn: ({ signal }) => request<Template>('GET', at`/templates/${id}`, { signal }),
    staleTime: Infinity,
    gcTime: 0,
  })

/** What tiles that use templates are judged by. */
export const useTemplateRefs = () =>
  useQuery({
    queryKey: ['templates', 'refs'],
    queryFn: ({ signal }) => get<{ data: TemplateRef[] }>('/templates/refs', { signal }).then(({ data }) => data),
    staleTime: 15_000,
    refetchOnWindowFocus: true,
  })

export const useTemplateVersions = (id: string) =>
  useList<TemplateVersionSummary>(['templates', 'versions', id], at`/templates/${id}/versions`)

/** @param version undefined: nothing is asked */
export const useTemplateVersion = (id: string, version: number | undefined) =>
  useQuery({
    queryKey: ['templates', 'version', id, version],
    queryFn: ({ signal }) => get<TemplateVersion>(at`/templates/${id}/versions/${version!}`, { signal }),
    enabled: version !== undefined,
  })

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  const after = (): void => {
    for (const part of ['list', 'refs', 'versions', 'version', 'used-by']) void client.invalidateQueries({ queryKey: ['templates', part] })
  }
  return useMutation({ meta: { quiet: true }, mutationFn: change, onSuccess: after })
}

export const useCreateTemplate = () => useChange((body: z.input<typeof templateBody>) => post<Template>('/templates', body))

/** Saves the draft. `etag`: refused when somebody changed it meanwhile. */
export const useSaveTemplate = (id: string) =>
  useChange(({ etag, ...body }: z.input<typeof templatePut> & { etag: string | undefined }) =>
    request<Template>('PUT', at`/templates/${id}`, { body, ...(etag !== undefined && { ifMatch: etag }) }),
  )

export const usePublishTemplate = (id: string) =>
  useChange((etag: string | undefined) =>
    request<Template>('POST', at`/templates/${id}/publish`, etag === undefined ? {} : { ifMatch: etag }),
  )

export const useDeleteTemplate = () => useChange((id: string) => del(at`/templates/${id}`))
