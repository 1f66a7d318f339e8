import { useMutation } from '@tanstack/react-query'
import type { z } from 'zod'
import type { testRun, testRunBody } from '../../../api/schemas/test-runs.js'
import { at, post } from './client.js'
import type { Wire } from './query.js'

export type TestRun = Wire<z.output<typeof testRun>>
export type TestRunInput = z.input<typeof testRunBody>

/** Walks a sample customer through a version (the draft if there is one, unless told); nothing is sent, nothing kept. */
export const useTestRun = (id: string) =>
  useMutation({
    meta: { quiet: true },
    mutationFn: ({ input, version }: { input: TestRunInput; version?: number | 'draft' | undefined }) =>
      post<TestRun>(at`/journeys/${id}/test-runs`, input, { query: { version } }),
  })
