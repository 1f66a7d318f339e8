import { sandbox, type PutSandboxMessage } from './sandbox/index.js'
import { smtp } from './smtp/index.js'
import type { Vendor } from './vendor.js'

export { SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from './vendor.js'

/** Every kind of destination, by type. */
export type Vendors = ReadonlyMap<string, Vendor>

/** The vendors of this installation. A new one is a folder and a line here. */
export function createVendors(deps: { putSandboxMessage: PutSandboxMessage }): Vendors {
  const all = [sandbox(deps.putSandboxMessage), smtp()]
  return new Map(all.map((vendor) => [vendor.type, vendor as Vendor]))
}
