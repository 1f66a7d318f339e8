import { useQueries } from '@tanstack/react-query'
import type { Use as StoredUse, User as Stored } from '../../../store/in-use.js'
import { at, get } from './client.js'
import { useList, type Wire } from './query.js'

/** What names a thing: an orchestration or an audience, and whether it keeps the thing from being deleted. */
export type UsedBy = Wire<Stored>

/** What names an audience, a destination or a template, drafts too. */
export const useUsedBy = (kind: 'audiences' | 'destinations' | 'templates', id: string) =>
  useList<UsedBy>([kind, 'used-by', id], `/${kind}${at`/${id}/used-by`}`)

/** How many name a thing, and some of them. */
export type Use = Wire<StoredUse>

/** Rows of one question. */
const PAGE = 50

/**
 * What names each row of a list, asked once for each page of it.
 * @returns the use of a row; undefined while it is on its way
 */
export function useUses(kind: 'audiences' | 'destinations' | 'topics', ids: readonly string[]): (id: string) => Use | undefined {
  const pages = Array.from({ length: Math.ceil(ids.length / PAGE) }, (_, n) => ids.slice(n * PAGE, (n + 1) * PAGE))
  return useQueries({
    queries: pages.map((page) => ({
      queryKey: [kind, 'uses', page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<{ data: Use[] }>(`/${kind}/used-by`, { query: { ids: page.join(',') }, signal }).then(
          ({ data }) => new Map(page.map((id) => [id, data.find((use) => use.id === id) ?? { id, count: 0, users: [] }])),
        ),
      staleTime: 30_000,
    })),
    combine: (answers) => (id: string) => answers.find(({ data }) => data?.has(id))?.data?.get(id),
  })
}
