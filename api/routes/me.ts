import { z } from 'zod'
import { SCOPES } from '../../store/keys.js'
import { ROLES } from '../../store/users.js'
import { getWorkspace } from '../../store/workspaces.js'
import { route, type Route } from '../route.js'

export const me = z
  .object({
    actor: z.string().meta({ description: '`key:<id>` or `user:<id>`: as the audit log names them' }),
    name: z.string(),
    role: z
      .enum(Object.keys(ROLES) as (keyof typeof ROLES)[])
      .nullable()
      .meta({ description: 'Of a user; null: a key, which has scopes only' }),
    scopes: z.array(z.enum(SCOPES)),
    workspace: z.object({ id: z.string(), name: z.string() }),
    version: z.string().meta({ description: 'Of Tilework' }),
    publicUrl: z.string().meta({ description: 'The address under which browsers reach Tilework' }),
    eventMonths: z.int().meta({ description: 'How many months events are kept: the longest window of a condition' }),
    temporalUiUrl: z.string().nullable().meta({ description: "Temporal's Web UI; null: it is not known" }),
  })
  .meta({ id: 'Me' })

export const meRoutes: Route[] = [
  route({
    method: 'get',
    path: '/me',
    scope: 'read',
    tag: 'Administration',
    summary: 'Who asks, what they may do, and where things are',
    answer: { status: 200, description: 'The caller', schema: me },
    handler: async ({ deps, workspaceId, actor, name, role = null, scopes }) => {
      const { id, name: workspace } = await getWorkspace(deps.db, workspaceId)
      const { version, publicUrl, eventMonths, temporalUiUrl = null } = deps.settings
      return { body: { actor, name, role, scopes, workspace: { id, name: workspace }, version, publicUrl, eventMonths, temporalUiUrl } }
    },
  }),
]
