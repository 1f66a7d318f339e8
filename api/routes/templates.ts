import { z } from 'zod'
import type { Channel } from '../../model/channels.js'
import { TileworkError } from '../../model/errors.js'
import { TEMPLATE_KINDS, type TemplateContent, type TemplateKind } from '../../model/templates.js'
import type { Db } from '../../store/db.js'
import {
  createTemplate,
  deleteTemplate,
  getTemplate,
  getTemplateVersion,
  listTemplates,
  listTemplateVersions,
  publishTemplate,
  saveTemplate,
  type Template,
  type TemplateInput,
} from '../../store/templates.js'
import { templateRefs } from '../../store/templates-sent.js'
import { summaryOf } from '../../tiles/checks/content.js'
import { Resource } from '../resource.js'
import { route, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'
import {
  template,
  templateBody,
  templatePut,
  templateRef,
  templateSummary,
  templateVersion,
  wholeTemplateVersion,
} from '../schemas/templates.js'
import { requireSound } from '../template-problems.js'
import { versionParams } from '../schemas/versions.js'
import { versionNumber } from '../version-number.js'

const tag = 'Templates'
const LIMIT = 8 * 1024 * 1024
const EXAMPLE = {
  name: 'Welcome',
  kind: 'email' as const,
  channel: 'email' as const,
  content: {
    locale: 'en',
    subject: 'Welcome, {{ customer.traits.name | default: "friend" }}',
    mjml: '<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>',
    locales: { es: { subject: 'Hola' } },
  },
}

const templates = new Resource({ path: '/templates', tag, kind: 'template', schema: template, scope: 'write', get: getTemplate })

interface Given {
  name: string
  channel: Channel | null
  content: TemplateContent
}

/** What is kept of a body. @throws TileworkError invalid for what no draft may be */
function inputOf(kind: TemplateKind, { name, channel, content }: Given): TemplateInput {
  const wrong = (path: string, message: string): TileworkError => new TileworkError('invalid', `${path}: ${message}`, [{ path, code: 'invalid_value', message }])
  if (kind === 'partial' && !/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw wrong('/name', "Templates bring a partial in by its name: give 1 to 64 letters, digits, '_' and '-'.")
  if (kind === 'email' && channel !== null && channel !== 'email') throw wrong('/channel', "An email is of the channel 'email'; make a template of kind 'text'.")
  if (kind === 'partial' && channel !== null) throw wrong('/channel', 'A partial is of no channel; leave it out.')
  return { name, channel: kind === 'email' ? 'email' : channel, content, summary: summaryOf(content) }
} // prettier-ignore

export const templateRoutes: Route[] = [
  templates.list({
    summary: 'List templates and partials',
    query: pageQuery.extend({ kind: z.enum(TEMPLATE_KINDS).optional(), search: z.string().max(200).optional() }),
    schema: templateSummary,
    find: listTemplates,
  }),
  route({
    method: 'get',
    path: '/templates/refs',
    scope: 'read',
    tag,
    summary: 'What tiles that use templates are judged by: the parts, variables and partials of each published version',
    answer: { status: 200, description: 'All templates', schema: z.object({ data: z.array(templateRef) }) },
    handler: async ({ deps, workspaceId }) => {
      const refs = await templateRefs(deps.db, workspaceId)
      return { body: { data: [...refs].map(([id, ref]) => ({ id, ...ref })) } }
    },
  }),
  templates.create({
    summary: 'Create a template or a partial; its first version is its draft',
    body: templateBody,
    example: EXAMPLE,
    limit: LIMIT,
    problems: [409],
    make: ({ workspaceId, body }, write) => {
      const { kind } = body
      const input = inputOf(kind, body)
      return write((db) => createTemplate(db, workspaceId, kind, input), { name: input.name, kind })
    },
  }),
  templates.read({ summary: 'Read a template with the texts of its draft, or of its last published version' }),
  templates.replace({
    summary: 'Replace the draft of a template; while there is none, one is begun',
    body: templatePut,
    example: { name: EXAMPLE.name, channel: EXAMPLE.channel, content: EXAMPLE.content },
    limit: LIMIT,
    verb: 'save',
    change: async (call, write) => {
      const { workspaceId, params, body, expectedRevision } = call
      const { kind } = await templates.find(call)
      const input = inputOf(kind, body)
      const detail = ({ draftVersion }: Template): Record<string, unknown> => ({ version: draftVersion })
      return write((db) => saveTemplate(db, workspaceId, params.id, input, expectedRevision), detail)
    },
  }),
  templates.remove({
    summary: 'Delete a template that no live orchestration and no other template uses',
    problems: [409],
    remove: deleteTemplate,
  }),
  route({
    method: 'post',
    path: '/templates/{id}/publish',
    scope: 'write',
    tag,
    summary: 'Publish the draft: what names no version of the template sends it from now on',
    description: 'A published version never changes. Orchestrations that name a version go on sending that one.',
    params: idParams,
    answer: { status: 200, description: 'Published', schema: template },
    problems: [409],
    ...templates.ifMatch,
    handler: async (call) => {
      const { deps, workspaceId, params, actor, expectedRevision } = call
      const { kind, name, content, revision } = await templates.find(call)
      await requireSound(deps, workspaceId, { kind, name, content })
      const publish = (db: Db): Promise<Template> => publishTemplate(db, workspaceId, params.id, actor, expectedRevision ?? revision)
      return templates.show(call, await templates.writer(call, 'publish')(publish, ({ version }) => ({ version })))
    },
  }),
  route({
    method: 'get',
    path: '/templates/{id}/versions',
    scope: 'read',
    tag,
    summary: 'List the versions of a template, newest first',
    params: idParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(templateVersion) },
    handler: async ({ deps, workspaceId, params, query }) => ({ body: await listTemplateVersions(deps.db, workspaceId, params.id, query) }),
  }),
  route({
    method: 'get',
    path: '/templates/{id}/versions/{n}',
    scope: 'read',
    tag,
    summary: 'Read a version of a template',
    params: versionParams,
    answer: { status: 200, description: 'The version', schema: wholeTemplateVersion },
    handler: async ({ deps, workspaceId, params }) => ({
      body: await getTemplateVersion(deps.db, workspaceId, params.id, versionNumber(`Template ${params.id}`, params.n)),
    }),
  }),
]
