import { LRUCache } from 'lru-cache'
import type { Sources } from '../destinations/message.js'
import type { Db } from '../store/db.js'
import { remember } from '../store/remember.js'
import { livePartials, publishedTemplate, type PublishedTemplate } from '../store/templates-sent.js'
import { getMessageSettings, type MessageSettings } from '../store/workspaces.js'
import type { LinkTags } from '../tiles/fields.js'

/** What of a tile, and of the orchestration around it, says what its messages are made of. */
export interface ContentOf {
  template?: { id: string; version?: number | undefined } | undefined
  /** From the narrowest: the tile's, then the orchestration's; `none`: no tags, whatever wider settings say. */
  linkTags: readonly (LinkTags | 'none' | undefined)[]
}

/** What sends of a database share: read at most once a second, a named version of a template once. */
interface Kept {
  templates: LRUCache<string, Promise<PublishedTemplate | undefined>>
  pinned: LRUCache<string, Promise<PublishedTemplate | undefined>>
  settings: LRUCache<string, Promise<MessageSettings>>
}

const KEPT_MS = 1_000
const caches = new WeakMap<object, Kept>()

function keptOf({ pool }: Db): Kept {
  let found = caches.get(pool)
  if (!found) {
    const fresh = { max: 500, ttl: KEPT_MS }
    found = { templates: new LRUCache(fresh), pinned: new LRUCache({ max: 500 }), settings: new LRUCache(fresh) }
    caches.set(pool, found)
  }
  return found
}

/**
 * Everything that a message is made of besides the fields of its tile.
 * @param publicUrl where Tilework's own links in messages lead
 */
export async function sourcesOf(db: Db, publicUrl: string, workspaceId: string, { template, linkTags }: ContentOf): Promise<Sources> {
  const kept = keptOf(db)
  const [found, partials, settings] = await Promise.all([
    template && templateOf(db, kept, workspaceId, template),
    livePartials(db, workspaceId),
    remember(kept.settings, workspaceId, () => getMessageSettings(db, workspaceId)),
  ])
  return {
    ...(template && { template: found ?? { missing: missing(template) } }),
    partials,
    localeTrait: settings.localeTrait ?? undefined,
    linkTags: merged([...linkTags, settings.linkTags ?? undefined]),
    ownLinks: `${publicUrl}/`,
  }
}

function templateOf(
  db: Db,
  { templates, pinned }: Kept,
  workspaceId: string,
  { id, version }: NonNullable<ContentOf['template']>,
): Promise<PublishedTemplate | undefined> {
  const read = (): Promise<PublishedTemplate | undefined> => publishedTemplate(db, workspaceId, id, version)
  return version === undefined
    ? remember(templates, `${workspaceId}|${id}`, read)
    : remember(pinned, `${workspaceId}|${id}|${version}`, read)
}

const missing = ({ id, version }: NonNullable<ContentOf['template']>): string =>
  `There is no ${version === undefined ? 'published version' : `version ${version}`} of the template ${id}. Publish it or choose another, then retry.`

/** The narrowest says what a parameter is, and an empty one that there is none. */
function merged(all: ContentOf['linkTags']): Record<string, string> {
  const end = all.indexOf('none')
  return Object.assign({}, ...all.slice(0, end < 0 ? undefined : end).reverse()) as Record<string, string>
}
