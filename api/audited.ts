import { audit } from '../store/audit.js'
import type { Db } from '../store/db.js'
import type { Call } from './route.js'

/** What the audit log says of a change. */
export interface Change<T> {
  /** `journey.create`, `secret.delete` … */
  action: string
  /** What is changed; of something new, its id. */
  subject: string | ((made: T) => string)
  detail?: Record<string, unknown> | ((made: T) => Record<string, unknown>)
}

/** Changes something and writes who changed it, in one transaction: neither is there without the other. */
export function audited<T>(
  call: Call<unknown, unknown, unknown>,
  { action, subject, detail }: Change<T>,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  return call.deps.db.tx(async (tx) => {
    const made = await work(tx)
    await audit(tx, {
      workspaceId: call.workspaceId,
      actor: call.actor,
      requestId: call.requestId,
      action,
      subject: typeof subject === 'string' ? subject : subject(made),
      ...(detail && { detail: typeof detail === 'function' ? detail(made) : detail }),
    })
    return made
  })
}
