import { useMutation, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { previewBody, previewed, testSendBody, testSent } from '../../../api/schemas/previews.js'
import { at, post } from './client.js'

/** Fields of a tile as they would be sent, and what is wrong in them. */
export type Previewed = z.output<typeof previewed>
/** What came of a send that is a test. */
export type TestSent = z.output<typeof testSent>
export type PreviewInput = z.input<typeof previewBody>

/**
 * What an input is rendered to. The answer to the input before stays until there is another: `of` says what it was made from.
 * @param input as JSON; undefined: nothing is asked yet
 */
export const usePreview = (input: string | undefined) =>
  useQuery({
    queryKey: ['preview', input],
    queryFn: async ({ signal }) => ({ of: input!, answer: await post<Previewed>('/templates/preview', JSON.parse(input!), { signal }) }),
    enabled: input !== undefined,
    placeholderData: (before) => before,
    gcTime: 0,
  })

/** Sends a tile once, as it was saved last. */
export const useTestSend = (orchestrationId: string, tileId: string) =>
  useMutation({
    meta: { quiet: true },
    mutationFn: (input: z.input<typeof testSendBody>) =>
      post<TestSent>(at`/journeys/${orchestrationId}/tiles/${tileId}/test-send`, input, { query: { version: 'draft' } }),
  })
