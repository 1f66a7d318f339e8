/** What templates see, and what is in each; undefined: whatever there is. */
export const SCOPE: Record<string, readonly string[] | undefined> = {
  customer: ['id', 'traits'],
  entry: ['event', 'properties'],
  tiles: undefined,
  orchestration: ['id', 'name', 'version'],
  member: ['id', 'enteredAt'],
  message: ['locale', 'dir', 'channel', 'tile'],
}

/**
 * What is wrong with a variable that is never there; undefined of one that may be.
 * @param inWebhook whether a webhook reads it, which has no `message`
 */
export function unseen([root, part]: readonly string[], inWebhook = false): string | undefined {
  const complain = (name: string, mend: string): string =>
    `There is no '${name}' in templates; ${mend}, or the message fails unless | default follows.`
  // An empty name is one that only rendering tells.
  if (root === undefined) return undefined
  if (inWebhook && root === 'message') return complain(root, 'only the messages of actions have one')
  if (!Object.hasOwn(SCOPE, root)) return complain(root, `use ${Object.keys(SCOPE).join(', ')}`)
  const parts = SCOPE[root]
  if (!parts || part === undefined || parts.includes(part)) return undefined
  return complain(
    `${root}.${part}`,
    root === 'customer' ? `use customer.traits.${part}` : `use ${parts.map((name) => `${root}.${name}`).join(', ')}`,
  )
}
