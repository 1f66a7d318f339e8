import { createContext, useContext, useEffect, useState } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { at, urlOf } from '../api/client.js'
import { readWatched, type StatsFilter, type Watched } from '../api/monitor.js'
import type { DocEdge } from '../canvas/doc/types.js'
import { eventSource, follow, type Link } from './feed.js'
import { flowOf, shareOf } from './numbers.js'

/** What is known now. The state stays what it was while nothing newer can be had. */
export interface Live {
  state: Watched | undefined
  link: Link
  gone: boolean
}

/** Follows an orchestration while the page is shown; another filter is another question, the old numbers stand until its answer comes. */
export function useWatching(id: string, { version, from, to }: StatsFilter): StoreApi<Live> {
  const [store] = useState(() => createStore<Live>(() => ({ state: undefined, link: 'connecting', gone: false })))
  useEffect(() => {
    const filter = { version, from, to }
    return follow({
      open: () => eventSource(urlOf(at`/journeys/${id}/live`, filter)),
      poll: () => readWatched(id, filter),
      onState: (state) => store.setState({ state }),
      onLink: (link) => store.setState({ link }),
      onGone: () => store.setState({ gone: true }),
    })
  }, [store, id, version, from, to])
  return store
}

const Context = createContext<StoreApi<Live> | undefined>(undefined)
export const LiveProvider = Context.Provider

function useLiveStore(): StoreApi<Live> {
  const store = useContext(Context)
  if (!store) throw new Error('This stands in the monitor.')
  return store
}

/** Something of what is known now; drawn again only when it differs. */
export const useLive = <T>(pick: (live: Live) => T): T => useStore(useLiveStore(), useShallow(pick))

/** The counts of one tile. */
export const useTileStats = (tileId: string) => useLive(({ state }) => state?.stats.tiles[tileId])

/** How many went along an edge, and their share. */
export const useEdgeStats = (edge: Pick<DocEdge, 'id' | 'from' | 'port'>) =>
  useLive(({ state }) => (state ? { n: flowOf(state.stats, edge), share: shareOf(state.stats, edge) } : undefined))
