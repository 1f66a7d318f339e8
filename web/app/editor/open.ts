import { at, post, request } from '../api/client.js'
import type { Journey } from '../api/journeys.js'
import type { Wire } from '../api/query.js'
import type { z } from 'zod'
import type { version } from '../../../api/schemas/versions.js'
import { same } from '../canvas/doc/diff.js'
import { isPlaced, laidOut } from '../canvas/doc/placed.js'
import { bodyOf, docOf, type CanvasBody } from '../canvas/doc/read.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Remote, Theirs } from './save/saver.js'

type Version = Wire<z.output<typeof version>>

/** What is opened: the draft of an orchestration that never was live, the draft of a live one's next version, or what is live, to look at. */
export interface Opened {
  id: string
  status: Journey['status']
  kind: 'first' | 'next' | 'live'
  /** The number of the version that is shown. */
  version: number | null
  doc: Doc
  etag: string
  /** Where it is saved; nowhere when it is live. */
  path: string | undefined
}

/** @throws ApiProblem */
export async function openDraft(id: string): Promise<Opened> {
  const { data, etag } = await request<Journey>('GET', at`/journeys/${id}`)
  const opened = { id, status: data.status, doc: await placed(data as CanvasBody), etag: etag! }
  if (data.status === 'draft') return { ...opened, kind: 'first', version: data.draftVersion, path: at`/journeys/${id}` }
  if (data.draftVersion === null) return { ...opened, kind: 'live', version: data.version, path: undefined }
  const path = at`/journeys/${id}/versions/${data.draftVersion}`
  const draft = await request<Version>('GET', path)
  return { ...opened, kind: 'next', version: data.draftVersion, doc: await placed(draft.data as CanvasBody), etag: draft.etag!, path }
}

/** The document; tiles that have no place yet are laid out. */
const placed = async (body: CanvasBody): Promise<Doc> => (isPlaced(body) ? docOf(body) : laidOut(docOf(body)))

/** Makes the draft of the next version of a live orchestration: a copy of what is live. @throws ApiProblem */
export const beginVersion = (id: string): Promise<Version> => post(at`/journeys/${id}/versions`, {})

/** Makes another orchestration of a document; answers its id. @throws ApiProblem */
export async function saveAsCopy(doc: Doc, name: string): Promise<string> {
  const made = await post<Journey>('/journeys', { ...bodyOf(doc), name })
  return made.id
}

/** Where a draft is saved. */
export const remoteOf = (path: string): Remote => ({
  async write(doc, ifMatch) {
    const { etag } = await request('PUT', path, { body: bodyOf(doc), ifMatch })
    return etag!
  },
  async read(): Promise<Theirs> {
    const { data, etag } = await request<CanvasBody>('GET', path)
    return { doc: docOf(data), etag: etag! }
  },
  isSame: async (sent, theirs) => same(bodyOf(await normalised(sent)), bodyOf(await normalised(theirs))),
})

/** A document as the server keeps it: with the defaults of configs that are whole. */
export async function normalised(doc: Doc): Promise<Doc> {
  const { parseDraft } = await import('../../../tiles/parse.js')
  const { name, description, ...canvas } = bodyOf(doc)
  const parsed = parseDraft(JSON.parse(JSON.stringify(canvas)))
  return 'canvas' in parsed ? docOf({ name, description, ...parsed.canvas }, doc.notes) : doc
}
