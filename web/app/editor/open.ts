import { at, post, put, request } from '../api/client.js'
import type { Journey } from '../api/journeys.js'
import { pathOfNotes, type Notes } from '../api/notes.js'
import type { Wire } from '../api/query.js'
import type { z } from 'zod'
import type { version } from '../../../api/schemas/versions.js'
import { isPlaced, laidOut } from '../canvas/doc/placed.js'
import { bodyOf, docOf, type CanvasBody } from '../canvas/doc/read.js'
import type { Doc, Note } from '../canvas/doc/types.js'

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
  /** Of the notes, which are the orchestration's. */
  notesEtag: string
  /** Where the canvas is saved; nowhere when it is live. */
  path: string | undefined
}

/** @throws ApiProblem */
export async function openDraft(id: string): Promise<Opened> {
  const [{ data, etag }, beside] = await Promise.all([request<Journey>('GET', at`/journeys/${id}`), request<Notes>('GET', pathOfNotes(id))])
  const { notes } = beside.data
  const opened = { id, status: data.status, doc: await placed(data as CanvasBody, notes), etag: etag!, notesEtag: beside.etag! }
  if (data.status === 'draft') return { ...opened, kind: 'first', version: data.draftVersion, path: at`/journeys/${id}` }
  if (data.draftVersion === null) return { ...opened, kind: 'live', version: data.version, path: undefined }
  const path = at`/journeys/${id}/versions/${data.draftVersion}`
  const draft = await request<Version>('GET', path)
  return {
    ...opened,
    kind: 'next',
    version: data.draftVersion,
    doc: await placed(draft.data as CanvasBody, notes),
    etag: draft.etag!,
    path,
  }
}

/** The document; tiles that have no place yet are laid out. */
const placed = async (body: CanvasBody, notes: readonly Note[]): Promise<Doc> =>
  isPlaced(body) ? docOf(body, notes) : laidOut(docOf(body, notes))

/** Makes the draft of the next version of a live orchestration: a copy of what is live. @throws ApiProblem */
export const beginVersion = (id: string): Promise<Version> => post(at`/journeys/${id}/versions`, {})

/** Makes another orchestration of a document; answers its id. @throws ApiProblem */
export async function saveAsCopy(doc: Doc, name: string): Promise<string> {
  const made = await post<Journey>('/journeys', { ...bodyOf(doc), name })
  if (doc.notes.length > 0) await put<Notes>(pathOfNotes(made.id), { notes: doc.notes })
  return made.id
}
