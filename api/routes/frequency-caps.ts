import { z } from 'zod'
import { CHANNELS } from '../../model/channels.js'
import {
  createFrequencyCap,
  deleteFrequencyCap,
  getFrequencyCap,
  listFrequencyCaps,
  LONGEST_WINDOW,
  replaceFrequencyCap,
} from '../../store/frequency-caps.js'
import { OTHERWISE } from '../../tiles/choices.js'
import { boundedDuration } from '../../tiles/fields.js'
import { Resource } from '../resource.js'
import type { Route } from '../route.js'
import { instant, pageQuery } from '../schemas/common.js'

const EXAMPLE = { name: 'Weekly', channel: 'email', most: 3, per: 'P7D', otherwise: 'skip' }

const cap = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Give a name.')
    .max(100)
    .meta({ description: 'Told in the history of a member whose message it holds back' }),
  channel: z.enum(CHANNELS).nullable().default(null).meta({ description: 'Of messages by this channel' }),
  topic: z
    .string()
    .min(1)
    .max(64)
    .nullable()
    .default(null)
    .meta({ description: 'Of messages about the topic with this id; of all, when neither is named' }),
  most: z.int().min(1, 'Give at least 1.').max(1_000),
  per: boundedDuration(LONGEST_WINDOW).meta({
    description: `The sliding window, at most ${LONGEST_WINDOW}; a day has 24 hours, a month 30 days`,
  }),
  otherwise: z
    .enum(OTHERWISE)
    .default('skip')
    .meta({ description: 'What becomes of a message beyond it: left out, or sent when the window lets it' }),
})
const body = cap.refine(({ channel, topic }) => channel === null || topic === null, {
  path: ['topic'],
  error: 'A frequency cap is about a channel or about a topic; name one of the two, or make two caps.',
})
const answer = cap.extend({ id: z.string(), createdAt: instant, updatedAt: instant }).meta({ id: 'FrequencyCap' })

const caps = new Resource({
  path: '/frequency-caps',
  tag: 'Sending limits',
  kind: 'frequency-cap',
  schema: answer,
  scope: 'admin',
  get: getFrequencyCap,
})

/** At most so many messages to a customer within a window. */
export const frequencyCapRoutes: Route[] = [
  caps.list({
    summary: 'List frequency caps: at most so many messages to a customer within a window, over all orchestrations',
    query: pageQuery,
    find: listFrequencyCaps,
  }),
  caps.create({
    summary: 'Create a frequency cap; what was sent before counts',
    body,
    example: EXAMPLE,
    problems: [409],
    make: ({ workspaceId, body }, write) => write((db) => createFrequencyCap(db, workspaceId, body), body),
  }),
  caps.read({ summary: 'Read a frequency cap' }),
  caps.replace({
    summary: 'Replace a frequency cap; it holds for the next message',
    body,
    example: EXAMPLE,
    problems: [409],
    change: ({ workspaceId, params, body, expectedRevision }, write) =>
      write((db) => replaceFrequencyCap(db, workspaceId, params.id, body, expectedRevision), body),
  }),
  caps.remove({ summary: 'Delete a frequency cap; what waits for it goes within the hour', remove: deleteFrequencyCap }),
]
