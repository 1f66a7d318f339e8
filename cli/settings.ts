import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'

/** The roles of a process. */
export const ROLES = ['api', 'worker', 'router'] as const
export type Role = (typeof ROLES)[number]

const port = (fallback: number) =>
  z.coerce
    .number({ error: 'Give a port, such as 3000.' })
    .int('Give a whole number.')
    .min(1, 'Give a port from 1 to 65535.')
    .max(65_535, 'Give a port from 1 to 65535.')
    .default(fallback)

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

const isCidr = (text: string): boolean => (text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text))

/** Every variable of the environment that Tilework reads; docs/settings.md explains each. Temporal's own (address, TLS, key) are read by its envconfig. */
export const settingsSchema = z.object({
  PORT: port(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('.tilework'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'Give a URL such as postgresql://user:password@host:5432/tilework.' })
    .optional(),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_UI_URL: z.url('Give a URL such as http://localhost:8233.').optional(),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  TILEWORK_ADMIN_KEY: z.string().min(24, 'Give a key of 24 characters or more.').optional(),
  ENCRYPTION_KEY: z.string().min(24, 'Give a key of 24 characters or more.').optional(),
  OUTBOUND_ALLOW: list
    .refine((items) => items.every(isCidr), { error: 'Give CIDRs, divided by commas, such as 10.0.0.0/8,127.0.0.1/32.' })
    .default([]),
  ROLES: list
    .refine((items): items is Role[] => items.length > 0 && items.every((item) => ROLES.includes(item as Role)), {
      error: `Give some of ${ROLES.join(', ')}, divided by commas.`,
    })
    .default([...ROLES]),
  PUBLIC_URL: z.url('Give a URL such as https://tilework.example.com.').optional(),
  UNSUBSCRIBE_EMAIL: z.email('Give an address such as unsubscribe@example.com.').optional(),
  RECONCILE_SECONDS: z.coerce
    .number({ error: 'Give a number of seconds, such as 15.' })
    .min(1, 'Give 1 to 3600 seconds.')
    .max(3600, 'Give 1 to 3600 seconds.')
    .default(15),
  EVENT_RETENTION_MONTHS: z.coerce
    .number({ error: 'Give a number of months, such as 13.' })
    .int('Give a whole number.')
    .min(1, 'Give 1 to 1200 months.')
    .max(1200, 'Give 1 to 1200 months.')
    .default(13),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
})
export type Settings = z.output<typeof settingsSchema>

/** A setting that is wrong: the message names it and says how to mend it. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/** Reads the settings; an empty variable counts as absent. @throws SettingsError */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = settingsSchema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new SettingsError(
      `${String(issue!.path[0])} is '${String(given[String(issue!.path[0])])}'. ${issue!.message}`.replace(
        /(KEY) is '.*?'\./,
        '$1 is too short.',
      ),
    )
  }
  const settings = parsed.data
  if (!isLoopback(settings.HOST) && settings.ENCRYPTION_KEY === undefined) {
    throw new SettingsError(
      `HOST is '${settings.HOST}', which others can reach: set ENCRYPTION_KEY too (24 characters or more), or listen on 127.0.0.1.`,
    )
  }
  return settings
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host)

/** What a data directory keeps for itself, readable by its owner only. */
export interface KeptSecrets {
  encryptionKey: string
  postgresPassword: string
}

/** The secrets of a data directory, made when there are none. */
export function keptSecrets(dataDirectory: string): KeptSecrets {
  const file = path.join(dataDirectory, 'secrets.json')
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as KeptSecrets
  const made: KeptSecrets = {
    encryptionKey: randomBytes(32).toString('base64url'),
    postgresPassword: randomBytes(18).toString('base64url'),
  }
  fs.writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 })
  return made
}
