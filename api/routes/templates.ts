import { z } from 'zod'
import type { Channel } from '../../model/channels.js'
import { TileworkError } from '../../model/errors.js'
import { TEMPLATE_KINDS, type TemplateContent, type TemplateKind } from '../../model/templates.js'
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
  type TemplateSummary,
} from '../../store/templates.js'
import { templateRefs } from '../../store/templates-sent.js'
import { summaryOf } from '../../tiles/checks/content.js'
import { audited } from '../audited.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
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

const bodyOf = <T extends TemplateSummary>({ revision: _, ...body }: T): Omit<T, 'revision'> => body
const shown = (found: Template): Answer => ({ body: bodyOf(found), revision: found.revision })
const current = async ({ deps, workspaceId, params }: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', (await getTemplate(deps.db, workspaceId, params.id)).revision)

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
  route({
    method: 'get',
    path: '/templates',
    scope: 'read',
    tag,
    summary: 'List templates and partials',
    query: pageQuery.extend({ kind: z.enum(TEMPLATE_KINDS).optional(), search: z.string().max(200).optional() }),
    answer: { status: 200, description: 'A page', schema: pageOf(templateSummary) },
    handler: async ({ deps, workspaceId, query }) => {
      const page = await listTemplates(deps.db, workspaceId, query)
      return { body: { ...page, data: page.data.map(bodyOf) } }
    },
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
  route({
    method: 'post',
    path: '/templates',
    scope: 'write',
    tag,
    summary: 'Create a template or a partial; its first version is its draft',
    body: templateBody,
    example: EXAMPLE,
    limit: LIMIT,
    answer: { status: 201, description: 'Created', schema: template, headers: { Location: 'Where it is' } },
    problems: [409],
    handler: async (call) => {
      const { kind } = call.body
      const input = inputOf(kind, call.body)
      const change = { action: 'template.create', subject: ({ id }: Template) => id, detail: { name: input.name, kind } }
      const made = await audited(call, change, (db) => createTemplate(db, call.workspaceId, kind, input))
      return { ...shown(made), headers: { Location: `/api/v1/templates/${made.id}` } }
    },
  }),
  route({
    method: 'get',
    path: '/templates/{id}',
    scope: 'read',
    tag,
    summary: 'Read a template with the texts of its draft, or of its last published version',
    params: idParams,
    answer: { status: 200, description: 'The template', schema: template },
    handler: async ({ deps, workspaceId, params }) => shown(await getTemplate(deps.db, workspaceId, params.id)),
  }),
  route({
    method: 'put',
    path: '/templates/{id}',
    scope: 'write',
    tag,
    summary: 'Replace the draft of a template; while there is none, one is begun',
    params: idParams,
    body: templatePut,
    example: { name: EXAMPLE.name, channel: EXAMPLE.channel, content: EXAMPLE.content },
    limit: LIMIT,
    answer: { status: 200, description: 'Saved', schema: template },
    current,
    handler: async (call) => {
      const { id } = call.params
      const { kind } = await getTemplate(call.deps.db, call.workspaceId, id)
      const input = inputOf(kind, call.body)
      const change = { action: 'template.save', subject: id, detail: ({ draftVersion }: Template) => ({ version: draftVersion }) }
      return shown(await audited(call, change, (db) => saveTemplate(db, call.workspaceId, id, input, call.expectedRevision)))
    },
  }),
  route({
    method: 'delete',
    path: '/templates/{id}',
    scope: 'write',
    tag,
    summary: 'Delete a template that no live orchestration and no other template uses',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'template.delete', subject: id }, (db) => deleteTemplate(db, call.workspaceId, id))
      return {}
    },
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
    current,
    handler: async (call) => {
      const { id } = call.params
      const { kind, name, content, revision } = await getTemplate(call.deps.db, call.workspaceId, id)
      await requireSound(call.deps, call.workspaceId, { kind, name, content })
      const change = { action: 'template.publish', subject: id, detail: ({ version }: Template) => ({ version }) }
      return shown(
        await audited(call, change, (db) => publishTemplate(db, call.workspaceId, id, call.actor, call.expectedRevision ?? revision)),
      )
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
