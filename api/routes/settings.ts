import { z } from 'zod'
import { getSettings, putSettings, type WorkspaceSettings } from '../../store/workspaces.js'
import { zoneSchema } from '../../tiles/fields.js'
import { workspaceQuietHoursSchema } from '../../tiles/limits.js'
import { audited } from '../audited.js'
import { etagOfBody } from '../middleware/etag.js'
import { route, type Call, type Route } from '../route.js'

const tag = 'Administration'

const quietHours = workspaceQuietHoursSchema.nullable()

const settings = z.object({ name: z.string(), timezone: z.string().nullable(), quietHours }).meta({ id: 'WorkspaceSettings' })

const settingsBody = z.strictObject({
  name: z.string({ error: 'Give the name of the workspace.' }).trim().min(1, 'Give the name of the workspace.').max(200),
  timezone: zoneSchema
    .nullable()
    .default(null)
    .meta({ description: 'What a new orchestration gets that names none; null or left out: none' }),
  quietHours: quietHours.default(null).meta({
    description: 'Hours in which no message leaves, unless an orchestration or a tile says otherwise; null or left out: none',
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
      await audited(call, change, (db) => putSettings(db, call.workspaceId, call.body))
      return { body: await read(call) }
    },
  }),
]
