import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Vendors } from '../destinations/index.js'
import type { Cipher } from '../store/cipher.js'
import type { Db } from '../store/db.js'
import type { Temporal } from '../temporal/client.js'
import type { LiveHub } from './live/hub.js'

/** What of the settings the API needs. */
export interface ApiSettings {
  host: string
  port: number
  /** An API key with all rights, for automation (TILEWORK_ADMIN_KEY). */
  adminKey?: string
  version: string
  /** CIDRs that webhooks and SMTP may reach although private. */
  outboundAllow: string[]
  /** The address under which browsers reach this process, such as `http://127.0.0.1:3000`. */
  publicUrl: string
  /** How many months events are kept. */
  eventMonths: number
  /** The Temporal Web UI, for the link on the signed-in page. */
  temporalUiUrl?: string
}

/** What the API is built from. */
export interface ApiDeps {
  db: Db
  temporal: Temporal
  cipher: Cipher
  vendors: Vendors
  settings: ApiSettings
  logger: Logger
  /** Tells the router in this process that events came in. */
  wakeRouter?: () => void
  /** Whether the worker of this process is polling; absent when this process has no worker role. */
  workerPolling?: () => boolean
  /** Where metrics are registered; an own registry unless told. */
  metrics?: Registry
  /** The open streams; whoever stops the server closes it. One of its own unless told. */
  live?: LiveHub
}
