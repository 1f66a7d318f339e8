import { z } from 'zod'
import { createLinkFor } from '../../store/keys.js'
import { createUser, getUser, listUsers, removeUser, replaceUser, ROLES, type Role, type User } from '../../store/users.js'
import { getWorkspace } from '../../store/workspaces.js'
import { audited } from '../audited.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, instant, pageOf, pageQuery } from '../schemas/common.js'

const tag = 'Administration'

const role = z.enum(Object.keys(ROLES) as Role[], { error: `Give one of ${Object.keys(ROLES).join(', ')}.` })

const userBody = z.strictObject({
  name: z.string({ error: 'Give a name.' }).trim().min(1, 'Give a name.').max(200),
  email: z.email('Give an address such as ada@example.com.').max(254).nullable().optional(),
  role: role.meta({ description: Object.entries(ROLES).map(([name, scopes]) => `${name}: ${scopes.join(', ')}`).join(' · ') }), // prettier-ignore
})

const user = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    role,
    lastSignInAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'User' })

const workspace = z.object({ id: z.string(), name: z.string(), createdAt: instant }).meta({ id: 'Workspace' })

const EXAMPLE = { name: 'Ada', email: 'ada@example.com', role: 'editor' }

const withoutRevision = ({ revision: _, ...body }: User): Omit<User, 'revision'> => body
const shown = (found: User): Answer => ({ body: withoutRevision(found), revision: found.revision })
const current = async ({ deps, workspaceId, params }: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', (await getUser(deps.db, workspaceId, params.id)).revision)

export const userRoutes: Route[] = [
  route({
    method: 'get',
    path: '/users',
    scope: 'admin',
    tag,
    summary: 'List users, the newest first',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(user) },
    handler: async ({ deps, workspaceId, query }) => {
      const page = await listUsers(deps.db, workspaceId, query)
      return { body: { ...page, data: page.data.map(withoutRevision) } }
    },
  }),
  route({
    method: 'post',
    path: '/users',
    scope: 'admin',
    tag,
    summary: 'Add a user, who signs in by a link that an admin makes',
    body: userBody,
    example: EXAMPLE,
    answer: { status: 201, description: 'Added', schema: user, headers: { Location: 'Where it is' } },
    handler: async (call) => {
      const { name, role } = call.body
      const change = { action: 'user.create', subject: ({ id }: User) => id, detail: { name, role } }
      const made = await audited(call, change, (db) => createUser(db, call.workspaceId, call.body))
      return { ...shown(made), headers: { Location: `/api/v1/users/${made.id}` } }
    },
  }),
  route({
    method: 'get',
    path: '/users/{id}',
    scope: 'admin',
    tag,
    summary: 'Read a user',
    params: idParams,
    answer: { status: 200, description: 'The user', schema: user },
    handler: async ({ deps, workspaceId, params }) => shown(await getUser(deps.db, workspaceId, params.id)),
  }),
  route({
    method: 'put',
    path: '/users/{id}',
    scope: 'admin',
    tag,
    summary: "Replace a user's name, address and role",
    description: "With another role the user's sessions end. The last admin stays one (409).",
    params: idParams,
    body: userBody,
    example: EXAMPLE,
    answer: { status: 200, description: 'Replaced', schema: user },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      const { name, role } = call.body
      const change = { action: 'user.replace', subject: id, detail: { name, role } }
      return shown(await audited(call, change, (db) => replaceUser(db, call.workspaceId, id, call.body, call.expectedRevision)))
    },
  }),
  route({
    method: 'delete',
    path: '/users/{id}',
    scope: 'admin',
    tag,
    summary: 'Remove a user; the sessions and links of that user end',
    description: 'The last admin cannot be removed (409). The audit log goes on naming who was removed.',
    params: idParams,
    answer: { status: 204, description: 'Removed' },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'user.remove', subject: id }, (db) => removeUser(db, call.workspaceId, id, call.expectedRevision))
      return {}
    },
  }),
  route({
    method: 'post',
    path: '/users/{id}/sign-in-links',
    scope: 'admin',
    tag,
    summary: 'Make a sign-in link for a user; it is shown this once',
    description: 'It works once, for 24 hours. Links that were made before for that user work no more.',
    params: idParams,
    answer: { status: 201, description: 'Made', schema: z.object({ url: z.string(), expiresAt: instant }) },
    confidential: true,
    handler: async (call) => {
      const { deps, workspaceId, params } = call
      await getUser(deps.db, workspaceId, params.id)
      const link = await audited(call, { action: 'user.sign-in-link', subject: params.id }, (db) =>
        createLinkFor(db, workspaceId, params.id),
      )
      return { body: { url: `${deps.settings.publicUrl}/sign-in?token=${link.token}`, expiresAt: link.expiresAt } }
    },
  }),
  route({
    method: 'get',
    path: '/workspaces',
    scope: 'read',
    tag,
    summary: 'List the workspaces that the caller can see: its own',
    answer: { status: 200, description: 'All of them', schema: pageOf(workspace) },
    handler: async ({ deps, workspaceId }) => ({ body: { data: [await getWorkspace(deps.db, workspaceId)], nextCursor: null } }),
  }),
  route({
    method: 'get',
    path: '/workspaces/{id}',
    scope: 'read',
    tag,
    summary: 'Read a workspace; 404 for any but the own',
    params: idParams,
    answer: { status: 200, description: 'The workspace', schema: workspace },
    handler: async ({ deps, workspaceId, params }) => ({ body: await getWorkspace(deps.db, workspaceId, params.id) }),
  }),
]
