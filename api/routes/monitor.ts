import { liveState } from '../../store/live.js'
import { journeyStats } from '../../store/stats.js'
import { journeyTrend } from '../../store/trend.js'
import { route, type Route } from '../route.js'
import { idParams } from '../schemas/common.js'
import { stats, statsQuery, trend, trendQuery } from '../schemas/monitor.js'

const tag = 'Monitor'

/** What an orchestration does and did: counts, errors, and both as they change. */
export const monitorRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/stats',
    scope: 'read',
    tag,
    summary: 'What an orchestration did, by tile and edge',
    description:
      'Without a filter, or with one that leaves nobody out, it reads counters. A filter chooses members, and everything that they ever did here is counted: so entered = left + here holds for each tile, and the tiles make a funnel. At most a million members can be left by it. `refused` counts what was refused in the same time, whatever the version.',
    params: idParams,
    query: statsQuery,
    answer: { status: 200, description: 'Counts', schema: stats },
    handler: async ({ deps, workspaceId, params, query }) => ({ body: await journeyStats(deps.db, workspaceId, params.id, query) }),
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/trend',
    scope: 'read',
    tag,
    summary: 'What happened in an orchestration, by minute, hour, day, week or month',
    description:
      'Every bucket of the time, also those in which nothing happened; at most 1,000. The first and the last hold only what is within `from` and `to`.',
    params: idParams,
    query: trendQuery,
    answer: { status: 200, description: 'Buckets, oldest first', schema: trend },
    handler: async ({ deps, workspaceId, params, query }) => ({ body: await journeyTrend(deps.db, workspaceId, params.id, query) }),
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/live',
    scope: 'read',
    tag,
    summary: 'State and counts as they change: server-sent events',
    description:
      'An event `state` with what is now, then one whenever it has changed, at most one a second. Its data is JSON: `status`, `version`, `draftVersion`, `paused` (null, or `at`, `by`, `clocks`, `entries` and how many entries are `queued`), `inFlight` deliveries, `held` members, `errors` (`retrying`, `parked`) and `stats` as of `/stats`. A comment every 15 seconds says that the stream lives. An event `end` comes last, with the `reason`: `signed_out` (the session ended, the key was revoked) or `gone`. Whoever comes back with `Last-Event-ID` is sent nothing until something has changed since. Takes a key as Bearer, or the cookie of a browser. The filter is about `stats` only.',
    params: idParams,
    query: statsQuery,
    answer: { status: 200, description: 'Events, until the viewer or the session goes' },
    streams: ['text/event-stream'],
    problems: [429],
    handler: async ({ deps, workspaceId, actor, params, query, lastEventId, recheck }) => {
      const { id } = params
      // A filter that cannot be is refused now, not by a stream that breaks.
      await liveState(deps.db, workspaceId, id, query)
      const chunks = deps.live!.open({
        key: `${workspaceId}|${id}|${JSON.stringify(query)}`,
        read: () => liveState(deps.db, workspaceId, id, query),
        viewer: `${workspaceId}|${actor}`,
        lastId: lastEventId,
        recheck,
      })
      return { stream: { contentType: 'text/event-stream', chunks }, headers: { 'X-Accel-Buffering': 'no' } }
    },
  }),
]
