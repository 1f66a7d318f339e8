import { MutationCache, QueryClient, useInfiniteQuery, useQuery, type QueryKey } from '@tanstack/react-query'
import { useMemo } from 'react'
import { t } from '../i18n/index.js'
import { toast } from '../kit/toast.js'
import { ApiProblem, get, type Sending } from './client.js'

/** Problems that a second try does not mend. */
const final = (error: unknown): boolean => error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429

/** The one query client. A mutation that fails says so in a toast, unless its caller shows it: `meta: { quiet: true }`. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (count, error) => !final(error) && count < 2, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      if (mutation.meta?.['quiet'] === true) return
      toast.failed(t('kit:notDone'), { detail: error.message })
    },
  }),
})

/** JSON as it comes over the wire: instants are texts. */
export type Wire<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T

/** A page of a list. */
export interface Page<T> {
  data: T[]
  nextCursor: string | null
}

/**
 * A list of the API, page by page.
 * @returns `rows` so far (undefined while the first page is on its way), and whether there are more
 */
export function useList<T>(
  key: QueryKey,
  path: string,
  query: Sending['query'] = {},
  options: { refetchInterval?: number; enabled?: boolean } = {},
) {
  const list = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { query: { ...query, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (previous) => previous,
    ...options,
  })
  return {
    rows: list.data?.pages.flatMap(({ data }) => data),
    error: list.data === undefined ? list.error : null,
    hasMore: list.hasNextPage,
    loadMore: () => void list.fetchNextPage(),
    loadingMore: list.isFetchingNextPage,
    retry: () => void list.refetch(),
    /** The rows are those of another question, until the answer is there. */
    stale: list.isPlaceholderData,
  }
}

/** All pages of a list: what a canvas may refer to are few. */
async function all<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const rows: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> = await get<Page<T>>(path, { query: { limit: 200, cursor: cursor ?? undefined }, signal })
    rows.push(...page.data)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}

const namesOf = (rows: readonly { id: string; name: string }[]): ReadonlyMap<string, string> =>
  new Map(rows.map(({ id, name }) => [id, name]))

/** Names by id, of a whole list; undefined while it is on its way. */
export function useNames(list: 'audiences' | 'journeys' | 'destinations' | 'secrets'): ReadonlyMap<string, string> | undefined {
  const { data } = useAll<{ id: string; name: string }>(list)
  return useMemo(() => data && namesOf(data), [data])
}

/** A whole list by the name of its path. */
export const useAll = <T>(name: string) =>
  useQuery({ queryKey: [name, 'all'], queryFn: ({ signal }) => all<T>(`/${name}`, signal), staleTime: 15_000, refetchOnWindowFocus: true })
