import { z } from 'zod'
import type { SendCall, SendResult, Vendor } from '../../destinations/vendor.js'
import { send } from './canvas.js'

/** A vendor for tests, without settings and secrets. */
export const fakeVendor = (actions: Vendor['actions'], more: Partial<Vendor> = {}): Vendor => ({
  type: 'fake',
  title: 'Fake',
  config: z.strictObject({}),
  secrets: z.strictObject({}),
  dedupes: true,
  idempotency: '-',
  actions,
  test: () => Promise.resolve(),
  ...more,
})

/** A vendor for tests with one action, send_sms. */
export const smsVendor = (sends: (call: SendCall) => Promise<SendResult>, more: Partial<Vendor> = {}): Vendor =>
  fakeVendor({ send_sms: { title: 'Send', fields: z.strictObject({ to: z.string(), body: z.string() }), send: sends } }, more)

/** The tile `sms` that sends through it. */
export const smsTile = (destinationId: string, more: Record<string, unknown> = {}) =>
  send('sms', '', { destinationId, action: 'send_sms', fields: { to: '1', body: '-' }, ...more })
