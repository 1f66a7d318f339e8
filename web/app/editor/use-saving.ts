import { useEffect, useRef, useState } from 'react'
import type { Doc } from '../canvas/doc/types.js'
import { remoteOf, type Opened } from './open.js'
import { KeptDrafts, type Kept } from './save/kept.js'
import { Saver, type SaveState } from './save/saver.js'
import type { EditorStore } from './store.js'
import { openTabs, tabId } from './tab.js'

/** What a draft begins with: the server's, or what this browser has that the server has not. */
export interface Start {
  opened: Opened
  tab: string
  doc: Doc
  etag: string
  /** When what was found in the browser had been kept, ms. */
  restored: number | undefined
}

const placeOf = ({ id, version }: Opened): string => `${id}/${version}`

/** Looks for what this tab, or one that is gone, kept in the browser and did not send. */
export async function startWith(opened: Opened): Promise<Start> {
  const tab = await tabId()
  const drafts = new KeptDrafts(localStorage, placeOf(opened), tab)
  const kept = opened.path === undefined ? undefined : (drafts.mine() ?? (await leftBehind(drafts)))
  if (!kept) return { opened, tab, doc: opened.doc, etag: opened.etag, restored: undefined }
  return { opened, tab, doc: kept.doc, etag: kept.etag, restored: kept.at }
}

async function leftBehind(drafts: KeptDrafts): Promise<Kept | undefined> {
  const others = drafts.others()
  const open = await openTabs(others.map(({ tab }) => tab))
  const left = others.find(({ tab }) => !open.has(tab))
  if (!left) return undefined
  drafts.keep(left.kept.doc, left.kept.etag, left.kept.at)
  drafts.drop(left.tab)
  return left.kept
}

/** Saves the store's document as it changes. Nothing is saved of what is live. */
export function useSaving(
  { opened, tab, etag, restored }: Start,
  store: EditorStore,
): { state: SaveState; saver: Saver | undefined; room: boolean } {
  const [state, setState] = useState<SaveState>({ kind: 'saved' })
  const [room, setRoom] = useState(true)
  const saver = useRef<Saver>(undefined)
  useEffect(() => {
    if (opened.path === undefined) return undefined
    const drafts = new KeptDrafts(localStorage, placeOf(opened), tab)
    const made = new Saver({
      remote: remoteOf(opened.path),
      doc: opened.doc,
      etag,
      onState: setState,
      keep: (unsaved) => (unsaved ? setRoom(drafts.keep(unsaved.doc, unsaved.etag, Date.now())) : drafts.drop()),
    })
    saver.current = made
    if (restored !== undefined) made.change(store.getState().history.present.doc)
    const unsubscribe = store.subscribe(({ history }) => made.change(history.present.doc))
    const flush = (): void => made.flush()
    const onHide = (): void => void (document.visibilityState === 'hidden' && flush())
    window.addEventListener('online', flush)
    document.addEventListener('visibilitychange', onHide)
    return () => {
      unsubscribe()
      made.flush()
      made.stop()
      window.removeEventListener('online', flush)
      document.removeEventListener('visibilitychange', onHide)
    }
  }, [opened, tab, etag, restored, store])
  return { state, saver: saver.current, room }
}
