import { useMutation } from '@tanstack/react-query'
import type { z } from 'zod'
import type { testRun, testRunBody } from '../../../api/schemas/test-runs.js'
import { at, post, request } from './client.js'
import type { Wire } from './query.js'

export type TestRun = Wire<z.output<typeof testRun>>
export type TestRunInput = z.input<typeof testRunBody>

export interface TestRunRequest {
  input: TestRunInput
  version: number | 'draft'
  /** The address of the draft that is walked. */
  draft?: string | undefined
}

/** Walks a sample customer through a version; nothing is sent, nothing kept. Answers also the draft's ETag after that. */
export const useTestRun = (id: string) =>
  useMutation({
    meta: { quiet: true },
    mutationFn: async ({ input, version, draft }: TestRunRequest) => {
      const run = await post<TestRun>(at`/journeys/${id}/test-runs`, input, { query: { version } })
      return { run, etag: draft === undefined ? undefined : (await request('GET', draft)).etag }
    },
  })
