import type { User as Stored } from '../../../store/in-use.js'
import { at } from './client.js'
import { useList, type Wire } from './query.js'

/** What names a thing: an orchestration or an audience, and whether it keeps the thing from being deleted. */
export type UsedBy = Wire<Stored>

/** What names an audience or a destination, drafts too. */
export const useUsedBy = (kind: 'audiences' | 'destinations', id: string) =>
  useList<UsedBy>([kind, 'used-by', id], kind === 'audiences' ? at`/audiences/${id}/used-by` : at`/destinations/${id}/used-by`)
