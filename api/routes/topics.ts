import { createTopic, deleteTopic, getTopic, listTopics, replaceTopic, type Topic } from '../../store/topics.js'
import { audited } from '../audited.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'
import { topic, topicBody } from '../schemas/consent.js'

const tag = 'Consent'
const EXAMPLE = { name: 'News', description: 'What we are up to, once a week.', optIn: false }

const bodyOf = ({ revision: _, ...body }: Topic): unknown => body
const shown = (found: Topic): Answer => ({ body: bodyOf(found), revision: found.revision })
const current = async ({ deps, workspaceId, params }: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', (await getTopic(deps.db, workspaceId, params.id)).revision)

/** What messages are about. */
export const topicRoutes: Route[] = [
  route({
    method: 'get',
    path: '/topics',
    scope: 'read',
    tag,
    summary: 'List topics: what messages are about, and customers subscribe to',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(topic) },
    handler: async ({ deps, workspaceId, query }) => {
      const page = await listTopics(deps.db, workspaceId, query)
      return { body: { ...page, data: page.data.map(bodyOf) } }
    },
  }),
  route({
    method: 'post',
    path: '/topics',
    scope: 'write',
    tag,
    summary: 'Create a topic',
    body: topicBody,
    example: EXAMPLE,
    answer: { status: 201, description: 'Created', schema: topic, headers: { Location: 'Where it is' } },
    problems: [409],
    handler: async (call) => {
      const change = { action: 'topic.create', subject: ({ id }: Topic) => id }
      const made = await audited(call, change, (db) => createTopic(db, call.workspaceId, call.body))
      return { ...shown(made), headers: { Location: `/api/v1/topics/${made.id}` } }
    },
  }),
  route({
    method: 'get',
    path: '/topics/{id}',
    scope: 'read',
    tag,
    summary: 'Read a topic',
    params: idParams,
    answer: { status: 200, description: 'The topic', schema: topic },
    handler: async ({ deps, workspaceId, params }) => shown(await getTopic(deps.db, workspaceId, params.id)),
  }),
  route({
    method: 'put',
    path: '/topics/{id}',
    scope: 'write',
    tag,
    summary: 'Replace a topic; it holds for the next message',
    params: idParams,
    body: topicBody,
    example: EXAMPLE,
    answer: { status: 200, description: 'Replaced', schema: topic },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      const change = { action: 'topic.replace', subject: id, detail: { optIn: call.body.optIn } }
      return shown(await audited(call, change, (db) => replaceTopic(db, call.workspaceId, id, call.body, call.expectedRevision)))
    },
  }),
  route({
    method: 'delete',
    path: '/topics/{id}',
    scope: 'write',
    tag,
    summary: 'Delete a topic that no live orchestration names, with what customers said of it',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'topic.delete', subject: id }, (db) => deleteTopic(db, call.workspaceId, id))
      return {}
    },
  }),
]
