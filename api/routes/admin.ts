import { z } from 'zod'
import { listAudit } from '../../store/audit.js'
import { audited } from '../audited.js'
import { createKey, listKeys, revokeKey, SCOPES } from '../../store/keys.js'
import { route, type Route } from '../route.js'
import { idParams, instant, json, pageOf, pageQuery } from '../schemas/common.js'

const tag = 'Administration'
const text = z.string().min(1).max(255).optional()
const moment = z.iso
  .datetime({ offset: true, error: 'Give an instant such as 2027-01-01T00:00:00Z.' })
  .transform((given) => new Date(given))
  .refine((at) => at.getTime() >= 0 && at.getUTCFullYear() <= 9999, 'Give an instant from 1970 to 9999.')
  .optional()
const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute' }),
    status: z.enum(['active', 'expired', 'revoked']),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'ApiKey' })

export const adminRoutes: Route[] = [
  route({
    method: 'get',
    path: '/api-keys',
    scope: 'admin',
    tag,
    summary: 'List API keys',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(apiKey) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listKeys(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'post',
    path: '/api-keys',
    scope: 'admin',
    tag,
    summary: 'Make an API key; it is shown this once',
    body: z.strictObject({
      name: z.string().trim().min(1, 'Give a name.').max(200),
      scopes: z.array(z.enum(SCOPES)).min(1, 'Give at least one scope.'),
      expiresAt: z.iso
        .datetime({ offset: true, error: 'Give an instant such as 2027-01-01T00:00:00Z.' })
        .refine((text) => Date.parse(text) > Date.now(), { error: 'Give an instant to come.' })
        .optional(),
    }),
    example: { name: 'Shop', scopes: ['ingest'] },
    answer: { status: 201, description: 'Made', schema: apiKey.extend({ key: z.string() }) },
    confidential: true,
    handler: async (call) => {
      const { name, scopes, expiresAt } = call.body
      const input = { name, scopes, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) }
      const change = { action: 'api-key.create', subject: ({ id }: { id: string }) => id, detail: { name, scopes } }
      return { body: await audited(call, change, (db) => createKey(db, call.workspaceId, input)) }
    },
  }),
  route({
    method: 'delete',
    path: '/api-keys/{id}',
    scope: 'admin',
    tag,
    summary: 'Revoke an API key',
    params: idParams,
    answer: { status: 204, description: 'Revoked' },
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'api-key.revoke', subject: id }, (db) => revokeKey(db, call.workspaceId, id))
      return {}
    },
  }),
  route({
    method: 'get',
    path: '/audit-log',
    scope: 'admin',
    tag,
    summary: 'Who changed what, newest first',
    query: pageQuery.extend({
      actor: text.meta({ description: '`user:<id>` or `key:<id>`' }),
      action: text.meta({ description: 'One, such as `journey.pause`, or all of a kind of thing, such as `journey`' }),
      target: text.meta({ description: 'The id of what it was done to' }),
      from: moment.meta({ description: 'From this instant on' }),
      to: moment.meta({ description: 'Before this instant' }),
    }),
    answer: {
      status: 200,
      description: 'A page',
      schema: pageOf(
        z.object({
          id: z.string(),
          at: instant,
          actor: z.string(),
          actorName: z.string().nullable().meta({ description: 'Of the user or the key, also of one that is gone' }),
          action: z.string(),
          subject: z.string(),
          detail: json,
          requestId: z.string().nullable(),
        }),
      ),
    },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listAudit(deps.db, workspaceId, query) }),
  }),
]
