import { apns } from './apns/index.js'
import { braze } from './braze/index.js'
import { customerio } from './customerio/index.js'
import { fcm } from './fcm/index.js'
import { google } from './google/index.js'
import { hubspot } from './hubspot/index.js'
import { iterable } from './iterable/index.js'
import { klaviyo } from './klaviyo/index.js'
import { linkedin } from './linkedin/index.js'
import { mailgun } from './mailgun/index.js'
import { meta } from './meta/index.js'
import { onesignal } from './onesignal/index.js'
import { postmark } from './postmark/index.js'
import { resend } from './resend/index.js'
import { rudderstack } from './rudderstack/index.js'
import { sandbox, type PutSandboxMessage } from './sandbox/index.js'
import { segment } from './segment/index.js'
import { sendgrid } from './sendgrid/index.js'
import { ses } from './ses/index.js'
import { slack } from './slack/index.js'
import { smtp } from './smtp/index.js'
import { teams } from './teams/index.js'
import { telegram } from './telegram/index.js'
import { twilio } from './twilio/index.js'
import { vonage } from './vonage/index.js'
import { webPush } from './web-push/index.js'
import { webhook } from './webhook/vendor.js'
import { createHttp, type Http } from './outbound/http.js'
import type { Vendor } from './vendor.js'

export { countsRequests, paceOf, repeatsOf, SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from './vendor.js'

/** Every kind of destination, by type. */
export type Vendors = ReadonlyMap<string, Vendor>

/**
 * The vendors of this installation. A new one is a folder and a line here.
 * @param deps.http how they are called; tests have vendors of their own
 */
export function createVendors({ putSandboxMessage, http = createHttp() }: { putSandboxMessage: PutSandboxMessage; http?: Http }): Vendors {
  const email = [smtp(), mailgun(http), postmark(http), resend(http), sendgrid(http), ses(http)]
  const sms = [twilio(http), vonage(http)]
  const push = [apns(http), fcm(http), onesignal(http), webPush(http)]
  const ads = [google(http), linkedin(http), meta(http)]
  const chat = [slack(http), teams(http), telegram(http)]
  const platforms = [braze(http), customerio(http), hubspot(http), iterable(http), klaviyo(http), rudderstack(http), segment(http)]
  const all = [sandbox(putSandboxMessage), ...email, ...sms, ...push, ...chat, ...platforms, ...ads, webhook(http)] as Vendor[]
  return new Map(all.map((vendor) => [vendor.type, vendor]))
}
