/** What templates see, and what is in each; undefined: whatever there is. */
export const SCOPE: Record<string, readonly string[] | undefined> = {
  customer: ['id', 'traits'],
  entry: ['event', 'properties'],
  tiles: undefined,
  orchestration: ['id', 'name', 'version'],
  member: ['id', 'enteredAt'],
  // Of an action only.
  message: ['locale', 'dir', 'channel', 'tile'],
  unsubscribeUrl: [],
}

const OF_ACTIONS = ['message', 'unsubscribeUrl']

/**
 * What is wrong with a variable that is never there; undefined of one that may be.
 * @param of the type of the tile that reads it
 */
export function unseen([root, part]: readonly string[], of = 'action'): string | undefined {
  const complain = (name: string, mend: string): string =>
    `There is no '${name}' in templates; ${mend}, or the message fails unless | default follows.`
  // An empty name is one that only rendering tells.
  if (root === undefined) return undefined
  const roots = Object.keys(SCOPE).filter((name) => of === 'action' || !OF_ACTIONS.includes(name))
  if (!roots.includes(root)) return complain(root, `use ${roots.join(', ')}`)
  const parts = SCOPE[root]
  if (!parts || part === undefined || parts.includes(part)) return undefined
  if (parts.length === 0) return complain(`${root}.${part}`, `use ${root}`)
  return complain(
    `${root}.${part}`,
    root === 'customer' ? `use customer.traits.${part}` : `use ${parts.map((name) => `${root}.${name}`).join(', ')}`,
  )
}
