import { z } from 'zod'
import { getJourney } from '../../store/journeys.js'
import { liveState } from '../../store/live.js'
import { journeyErrors, journeyStats } from '../../store/stats.js'
import { route, type Route } from '../route.js'
import { idParams, instant, pageOf, pageQuery } from '../schemas/common.js'
import { stats } from '../schemas/journeys.js'

const tag = 'Monitor'

/** What an orchestration does and did: counts, errors, and both as they change. */
export const monitorRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/stats',
    scope: 'read',
    tag,
    summary: 'What an orchestration did, by tile and edge',
    params: idParams,
    answer: { status: 200, description: 'Counts', schema: stats },
    handler: async ({ deps, workspaceId, params }) => ({ body: await journeyStats(deps.db, workspaceId, params.id) }),
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/live',
    scope: 'read',
    tag,
    summary: 'State and counts as they change: server-sent events',
    description:
      'An event `state` with what is now, then one whenever it has changed, at most one a second. Its data is JSON: `status`, `version`, `draftVersion`, `paused` (null, or `at`, `by`, `clocks`, `entries` and how many entries are `queued`), `inFlight` deliveries, `held` members, `errors` (`retrying`, `parked`) and `stats` as of `/stats`. A comment every 15 seconds says that the stream lives. An event `end` comes last, with the `reason`: `signed_out` (the session ended, the key was revoked) or `gone`. Whoever comes back with `Last-Event-ID` is sent nothing until something has changed since. Takes a key as Bearer, or the cookie of a browser.',
    params: idParams,
    answer: { status: 200, description: 'Events, until the viewer or the session goes' },
    streams: ['text/event-stream'],
    problems: [429],
    handler: async ({ deps, workspaceId, actor, params, lastEventId, recheck }) => {
      const { id } = params
      await getJourney(deps.db, workspaceId, id)
      const chunks = deps.live!.open({
        key: `${workspaceId}|${id}`,
        read: () => liveState(deps.db, workspaceId, id),
        viewer: `${workspaceId}|${actor}`,
        lastId: lastEventId,
        recheck,
      })
      return { stream: { contentType: 'text/event-stream', chunks }, headers: { 'X-Accel-Buffering': 'no' } }
    },
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/errors',
    scope: 'read',
    tag,
    summary: 'Deliveries that failed, and what becomes of them',
    params: idParams,
    query: pageQuery,
    answer: {
      status: 200,
      description: 'A page',
      schema: pageOf(
        z.object({
          memberId: z.string(),
          customerId: z.string(),
          tileId: z.string(),
          code: z.string(),
          message: z.string(),
          attempts: z.int(),
          nextRetryAt: instant.optional(),
          status: z.enum(['retrying', 'parked', 'resolved']),
          firstAt: instant,
          lastAt: instant,
        }),
      ),
    },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getJourney(deps.db, workspaceId, params.id)
      return { body: await journeyErrors(deps.db, workspaceId, params.id, query) }
    },
  }),
]
