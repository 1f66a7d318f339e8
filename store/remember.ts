import type { LRUCache } from 'lru-cache'

/** What a cache keeps of a key, made once however many ask at the same time; a failure is not kept. */
export function remember<T>(cache: LRUCache<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let found = cache.get(key)
  if (!found) {
    found = make()
    cache.set(key, found)
    found.catch(() => cache.delete(key))
  }
  return found
}
