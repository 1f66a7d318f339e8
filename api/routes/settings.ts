import { z } from 'zod'
import { getSettings, putSettings, type SettingsInput, type WorkspaceSettings } from '../../store/workspaces.js'
import { linkTagsSchema, zoneSchema } from '../../tiles/fields.js'
import { workspaceQuietHoursSchema } from '../../tiles/limits.js'
import { audited } from '../audited.js'
import { etagOfBody } from '../middleware/etag.js'
import { route, type Call, type Route } from '../route.js'

const tag = 'Administration'

const quietHours = workspaceQuietHoursSchema.nullable()

const settings = z
  .object({
    name: z.string(),
    timezone: z.string().nullable(),
    quietHours,
    localeTrait: z.string().nullable(),
    linkTags: linkTagsSchema.nullable(),
  })
  .meta({ id: 'WorkspaceSettings' })

const settingsBody = z.strictObject({
  name: z.string({ error: 'Give the name of the workspace.' }).trim().min(1, 'Give the name of the workspace.').max(200),
  timezone: zoneSchema
    .nullable()
    .default(null)
    .meta({ description: 'What a new orchestration gets that names none; null or left out: none' }),
  localeTrait: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .optional()
    .meta({ description: "The trait that says a customer's language; null: `locale`, else `language`; left out: as it is" }),
  linkTags: linkTagsSchema
    .nullable()
    .optional()
    .meta({ description: 'Parameters for the links of all emails; null: none; left out: as they are' }),
  quietHours: quietHours.optional().meta({
    description: 'Hours in which no message leaves, unless an orchestration or a tile says otherwise; null: none; left out: as they are',
  }),
})

const read = ({ deps, workspaceId }: Call<unknown, unknown, unknown>): Promise<WorkspaceSettings> => getSettings(deps.db, workspaceId)

export const settingsRoutes: Route[] = [
  route({
    method: 'get',
    path: '/settings',
    scope: 'read',
    tag,
    summary: 'Read the settings of the workspace',
    answer: { status: 200, description: 'The settings', schema: settings },
    handler: async (call) => ({ body: await read(call) }),
  }),
  route({
    method: 'put',
    path: '/settings',
    scope: 'admin',
    tag,
    summary: 'Replace the settings of the workspace',
    body: settingsBody,
    example: {
      name: 'Shop',
      timezone: 'Europe/Madrid',
      quietHours: { windows: [{ from: '21:00', to: '09:00' }], channels: ['sms', 'push'] },
    },
    answer: { status: 200, description: 'Replaced', schema: settings },
    current: async (call) => etagOfBody(await read(call)),
    handler: async (call) => {
      const change = { action: 'settings.replace', subject: call.workspaceId, detail: call.body }
      await audited(call, change, (db) => putSettings(db, call.workspaceId, call.body as SettingsInput))
      return { body: await read(call) }
    },
  }),
]
