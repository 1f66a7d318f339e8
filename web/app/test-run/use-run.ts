import { useEffect, useRef, useState } from 'react'
import type { StoreApi } from 'zustand'
import { ApiProblem, type FieldProblem } from '../api/problem.js'
import { useTestRun, type TestRunInput } from '../api/test-runs.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Saving } from '../editor/use-saving.js'
import type { Walk } from './walk.js'

export interface RunOptions {
  journeyId: string
  version: number | 'draft'
  doc: Doc
  walk: StoreApi<Walk>
  /** How far the document is on the server. */
  saving: Pick<Saving, 'state' | 'canvas'>
  /** The address of the draft; undefined: what is live is walked. */
  draft: string | undefined
}

/** Why there is no result. */
export interface Refusal {
  message: string
  /** What is wrong with fields of the script. */
  fields: readonly FieldProblem[]
  /** What is wrong with the canvas. */
  canvas: FieldProblem[]
}

export interface Running {
  /** Saves what is not saved yet, then runs. */
  start(input: TestRunInput): void
  busy: boolean
  refusal: Refusal | undefined
  /** The changes of the canvas could not be saved, so that there was nothing to run. */
  unsaved: boolean
  /** Takes what was refused back: it is about what was asked before. */
  forget(): void
}

/** Runs tests of what is on the page: the server walks the draft that it has, so changes are saved before. */
export function useRun({ journeyId, version, doc, walk, saving, draft }: RunOptions): Running {
  const test = useTestRun(journeyId)
  const { mutate, reset } = test
  const [asked, setAsked] = useState<TestRunInput>()
  const [unsaved, setUnsaved] = useState(false)
  const saver = saving.canvas
  const { kind } = saving.state
  const latest = useRef({ doc })
  latest.current = { doc }
  useEffect(() => {
    if (!asked || kind === 'saving') return
    setAsked(undefined)
    setUnsaved(kind !== 'saved')
    if (kind !== 'saved') return
    const of = latest.current.doc
    const onSuccess = ({ run, etag }: { run: Parameters<Walk['show']>[0]['run']; etag: string | undefined }): void =>
      walk.getState().show({ run, of, theirs: saver !== undefined && etag !== saver.etag })
    mutate({ input: asked, version, draft }, { onSuccess, onError: () => walk.getState().clear() })
  }, [asked, kind, mutate, version, draft, walk, saver])
  return {
    start(input) {
      setUnsaved(false)
      saver?.flush()
      setAsked(input)
    },
    busy: asked !== undefined || test.isPending,
    refusal: test.error ? refusalOf(test.error) : undefined,
    unsaved,
    forget: reset,
  }
}

const FIELDS = ['/customer', '/entry', '/startAt', '/events', '/answers', '/until']

function refusalOf(error: Error): Refusal {
  const errors = error instanceof ApiProblem ? error.errors : []
  const isField = ({ path, tileId }: FieldProblem): boolean => tileId === undefined && FIELDS.some((field) => path?.startsWith(field))
  const fields = errors.filter(isField)
  return { message: error.message, fields, canvas: errors.filter((each) => !isField(each) && !each.path?.startsWith('?')) }
}
