import { createHttp, type Http } from './outbound/http.js'
import { resend } from './resend/index.js'
import { sandbox, type PutSandboxMessage } from './sandbox/index.js'
import { smtp } from './smtp/index.js'
import type { Vendor } from './vendor.js'

export { paceOf, repeatsOf, SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from './vendor.js'

/** Every kind of destination, by type. */
export type Vendors = ReadonlyMap<string, Vendor>

/**
 * The vendors of this installation. A new one is a folder and a line here.
 * @param deps.http how they are called; tests have vendors of their own
 */
export function createVendors({ putSandboxMessage, http = createHttp() }: { putSandboxMessage: PutSandboxMessage; http?: Http }): Vendors {
  const all = [sandbox(putSandboxMessage), smtp(), resend(http)]
  return new Map(all.map((vendor) => [vendor.type, vendor as Vendor]))
}
