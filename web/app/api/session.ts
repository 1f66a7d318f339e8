import { create } from 'zustand'

interface Session {
  /** The session has ended; requests wait until there is one again. */
  ended: boolean
}

export const useSession = create<Session>(() => ({ ended: false }))

let again: Promise<void> | undefined
let goOn: (() => void) | undefined

/** Waits until somebody has signed in again (frame/session-dialog.tsx asks them to). Every request that met a 401 waits on the same. */
export function signedInAgain(): Promise<void> {
  again ??= new Promise((resolve) => (goOn = resolve))
  useSession.setState({ ended: true })
  return again
}

/** There is a session again: what waited is repeated. */
export function sessionReturned(): void {
  useSession.setState({ ended: false })
  goOn?.()
  again = goOn = undefined
}

let actor: string | undefined

/** Who works on this page; known once the frame has asked. */
export function signedInAs(who: string): void {
  actor ??= who
}

/** Whether the browser has a session now. When it is somebody else's, the page begins anew: what waits was asked for by another. */
export async function hasSession(): Promise<boolean> {
  const answer = await fetch('/api/v1/me', { headers: { accept: 'application/json' } }).catch(() => undefined)
  if (answer?.ok !== true) return false
  const now = ((await answer.json()) as { actor: string }).actor
  if (actor === undefined || actor === now) return true
  window.location.reload()
  return false
}

/**
 * Signs in with a link (or its token alone) without leaving the page.
 * @returns whether it worked; a link works once and for 15 minutes
 */
export async function signInBy(link: string): Promise<boolean> {
  const token = /[?&]token=([\w-]+)/.exec(link)?.[1] ?? link.trim()
  await fetch('/sign-in', { method: 'POST', body: new URLSearchParams({ token }), redirect: 'manual' }).catch(() => undefined)
  return hasSession()
}
