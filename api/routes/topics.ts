import { createTopic, deleteTopic, getTopic, listTopics, replaceTopic } from '../../store/topics.js'
import { Resource } from '../resource.js'
import type { Route } from '../route.js'
import { pageQuery } from '../schemas/common.js'
import { topic, topicBody } from '../schemas/consent.js'

const EXAMPLE = { name: 'News', description: 'What we are up to, once a week.', optIn: false }
const topics = new Resource({ path: '/topics', tag: 'Consent', kind: 'topic', schema: topic, scope: 'write', get: getTopic })

/** What messages are about. */
export const topicRoutes: Route[] = [
  topics.list({ summary: 'List topics: what messages are about, and customers subscribe to', query: pageQuery, find: listTopics }),
  topics.create({
    summary: 'Create a topic',
    body: topicBody,
    example: EXAMPLE,
    problems: [409],
    make: ({ workspaceId, body }, write) => write((db) => createTopic(db, workspaceId, body)),
  }),
  topics.read({ summary: 'Read a topic' }),
  topics.replace({
    summary: 'Replace a topic; it holds for the next message',
    body: topicBody,
    example: EXAMPLE,
    problems: [409],
    change: ({ workspaceId, params, body, expectedRevision }, write) =>
      write((db) => replaceTopic(db, workspaceId, params.id, body, expectedRevision), { optIn: body.optIn }),
  }),
  topics.remove({
    summary: 'Delete a topic that no live orchestration names, with what customers said of it',
    problems: [409],
    remove: deleteTopic,
  }),
]
