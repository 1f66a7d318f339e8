import { request } from '../../api/client.js'
import { pathOfNotes, type Notes } from '../../api/notes.js'
import { same } from '../../canvas/doc/diff.js'
import { bodyOf, docOf, type CanvasBody } from '../../canvas/doc/read.js'
import type { Canvas, Doc, Note } from '../../canvas/doc/types.js'
import type { Opened } from '../open.js'
import { openTabs } from '../tab.js'
import { KeptDrafts, type Kept } from './kept.js'
import type { Remote } from './saver.js'

/**
 * One of the two parts that a document is saved in: the canvas with its version, the notes with the orchestration. Each has an ETag of its own and is sent
 * only when it changed itself.
 */
export interface Part<T> {
  /** This part of a document. */
  pick(doc: Doc): T
  isUnchanged(before: T, after: T): boolean
  remote: Remote<T>
  /** What is not on the server, in this browser. */
  kept: KeptDrafts<T>
  /** What the server has. */
  saved: T
  /** What was found in the browser that the server does not have. */
  found: Kept<T> | undefined
  /** Of what is edited: the server's, or that which what was found was made from. */
  etag: string
}

export interface Parts {
  canvas: Part<Canvas>
  notes: Part<readonly Note[]>
}

/** The parts of a draft, with what this tab, or one that is gone, kept in the browser and did not send. */
export async function partsOf({ id, version, doc, etag, notesEtag }: Opened, path: string, tab: string): Promise<Parts> {
  const [canvas, notes] = await Promise.all([
    begun({ ...CANVAS, remote: canvasAt(path), etag }, doc, `${id}/${version}`, tab),
    begun({ ...NOTES, remote: notesAt(pathOfNotes(id)), etag: notesEtag }, doc, `${id}/notes`, tab),
  ])
  return { canvas, notes }
}

const FIELDS = ['name', 'description', 'tiles', 'edges', 'settings'] as const
const CANVAS = {
  pick: bodyOf,
  isUnchanged: (before: Canvas, after: Canvas): boolean => FIELDS.every((field) => before[field] === after[field]),
}
const NOTES = { pick: ({ notes }: Doc): readonly Note[] => notes, isUnchanged: Object.is }

const canvasAt = (path: string): Remote<Canvas> => ({
  write: async (canvas, ifMatch) => (await request('PUT', path, { body: canvas, ifMatch })).etag!,
  read: async () => {
    const { data, etag } = await request<CanvasBody>('GET', path)
    return { doc: bodyOf(docOf(data)), etag: etag! }
  },
  isSame: async (sent, theirs) => same(await normalised(sent), await normalised(theirs)),
})

const notesAt = (path: string): Remote<readonly Note[]> => ({
  write: async (notes, ifMatch) => (await request('PUT', path, { body: { notes }, ifMatch })).etag!,
  read: async () => {
    const { data, etag } = await request<Notes>('GET', path)
    return { doc: data.notes, etag: etag! }
  },
  isSame: (sent, theirs) => Promise.resolve(same(sent, theirs)),
})

/** A canvas as the server keeps it: with the defaults of configs that are whole. */
export async function normalised(body: Canvas): Promise<Canvas> {
  const { parseDraft } = await import('../../../../tiles/parse.js')
  const { name, description, ...canvas } = bodyOf(body)
  const parsed = parseDraft(JSON.parse(JSON.stringify(canvas)))
  return 'canvas' in parsed ? bodyOf(docOf({ name, description, ...parsed.canvas })) : bodyOf(body)
}

async function begun<T>(part: Omit<Part<T>, 'kept' | 'saved' | 'found'>, doc: Doc, place: string, tab: string): Promise<Part<T>> {
  const kept = new KeptDrafts<T>(localStorage, place, tab)
  const found = kept.mine() ?? (await leftBehind(kept))
  return { ...part, kept, saved: part.pick(doc), found, etag: found?.etag ?? part.etag }
}

async function leftBehind<T>(drafts: KeptDrafts<T>): Promise<Kept<T> | undefined> {
  const others = drafts.others()
  const open = await openTabs(others.map(({ tab }) => tab))
  const left = others.find(({ tab }) => !open.has(tab))
  if (!left) return undefined
  drafts.keep(left.kept.doc, left.kept.etag, left.kept.at)
  drafts.drop(left.tab)
  return left.kept
}
