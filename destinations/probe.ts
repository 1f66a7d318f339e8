import { SendError } from './vendor.js'

/**
 * Tries credentials by a request that cannot do anything because it lacks everything: a vendor that takes them says what is missing. For vendors
 * whose keys may be made to do nothing but send.
 * @param asked the request
 * @param status with which the vendor says what is missing
 * @throws SendError when it says something else
 */
export async function refusedFor(asked: Promise<unknown>, status: number): Promise<void> {
  await asked.catch((error: unknown) => {
    if (!(error instanceof SendError && (error.answer as { status?: number } | undefined)?.status === status)) throw error
  })
}
