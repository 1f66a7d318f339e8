import { z } from 'zod'
import { createLinkFor } from '../../store/keys.js'
import { createUser, getUser, listUsers, removeUser, replaceUser, ROLES, type Role } from '../../store/users.js'
import { getWorkspace } from '../../store/workspaces.js'
import { audited } from '../audited.js'
import { Resource } from '../resource.js'
import { route, type Route } from '../route.js'
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

/** Of a user, what the audit log says. */
const said = ({ name, role }: z.output<typeof userBody>): Record<string, unknown> => ({ name, role })
const users = new Resource({ path: '/users', tag, kind: 'user', schema: user, scope: 'admin', reader: 'admin', get: getUser })

export const userRoutes: Route[] = [
  users.list({ summary: 'List users, the newest first', query: pageQuery, find: listUsers }),
  users.create({
    summary: 'Add a user, who signs in by a link that an admin makes',
    body: userBody,
    example: EXAMPLE,
    make: ({ workspaceId, body }, write) => write((db) => createUser(db, workspaceId, body), said(body)),
  }),
  users.read({ summary: 'Read a user' }),
  users.replace({
    summary: "Replace a user's name, address and role",
    description: "With another role the user's sessions end. The last admin stays one (409).",
    body: userBody,
    example: EXAMPLE,
    problems: [409],
    change: ({ workspaceId, params, body, expectedRevision }, write) =>
      write((db) => replaceUser(db, workspaceId, params.id, body, expectedRevision), said(body)),
  }),
  users.remove({
    summary: 'Remove a user; the sessions and links of that user end',
    description: 'The last admin cannot be removed (409). The audit log goes on naming who was removed.',
    problems: [409],
    verb: 'remove',
    remove: removeUser,
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
