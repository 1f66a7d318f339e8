const KEY = 'tilework:tab'
const lockOf = (tab: string): string => `tilework:tab:${tab}`
const newId = (): string => crypto.randomUUID().slice(0, 8)

/**
 * An id of this tab that a reload keeps. A tab that was duplicated has the id of the other in its storage too: who finds it taken gets a
 * new one.
 */
export async function tabId(): Promise<string> {
  const known = sessionStorage.getItem(KEY)
  const id = known !== null && (await hold(known)) ? known : newId()
  if (id !== known) await hold(id)
  sessionStorage.setItem(KEY, id)
  return id
}

let held: string | undefined

/** Holds the id for as long as the tab lives. @returns whether no other tab has it */
function hold(id: string): Promise<boolean> {
  // Not there on a site without encryption that is not this machine; then ids of duplicated tabs cannot be told apart.
  if (!('locks' in navigator) || held === id) return Promise.resolve(true)
  return new Promise((resolve) => {
    void navigator.locks.request(lockOf(id), { ifAvailable: true }, (lock) => {
      if (lock) held = id
      resolve(lock !== null)
      return lock ? new Promise<never>(() => undefined) : undefined
    })
  })
}

/** The tabs among some that are open now. */
export async function openTabs(tabs: readonly string[]): Promise<Set<string>> {
  if (!('locks' in navigator)) return new Set(tabs)
  const { held = [] } = await navigator.locks.query()
  const names = new Set(held.map(({ name }) => name))
  return new Set(tabs.filter((tab) => names.has(lockOf(tab))))
}
