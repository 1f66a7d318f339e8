import { useMutation } from '@tanstack/react-query'
import type { z } from 'zod'
import type { previewBody, previewed, testSendBody, testSent } from '../../../api/schemas/previews.js'
import { at, post } from './client.js'

/** Fields of a tile as they would be sent, and what is wrong in them. */
export type Previewed = z.output<typeof previewed>
/** What came of a send that is a test. */
export type TestSent = z.output<typeof testSent>
export type PreviewInput = z.input<typeof previewBody>

export const usePreview = () => useMutation({ mutationFn: (input: PreviewInput) => post<Previewed>('/templates/preview', input) })

/** Sends a tile once, as it was saved last. */
export const useTestSend = (orchestrationId: string, tileId: string) =>
  useMutation({
    meta: { quiet: true },
    mutationFn: (input: z.input<typeof testSendBody>) =>
      post<TestSent>(at`/journeys/${orchestrationId}/tiles/${tileId}/test-send`, input, { query: { version: 'draft' } }),
  })
