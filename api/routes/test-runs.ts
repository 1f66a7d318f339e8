import type { SimNote } from '../../engine/simulator.js'
import { route, type Route } from '../route.js'
import { idParams } from '../schemas/common.js'
import { versionQuery } from '../schemas/journeys.js'
import { testRun, testRunBody } from '../schemas/test-runs.js'
import { prepareSample } from '../test-run/sample.js'
import { walkKeptBack } from '../test-run/kept-back.js'
import { walkSample } from '../test-run/walk.js'

const tag = 'Test runs'

const iso = (ms: number): string => new Date(ms).toISOString()

const shown = ({ at, until, previousUntil, ...note }: SimNote) => ({
  at: iso(at),
  ...note,
  ...(until !== undefined && { until: iso(until) }),
  ...(previousUntil !== undefined && { previousUntil: iso(previousUntil) }),
})

/** Walks that send nothing. */
export const testRunRoutes: Route[] = [
  route({
    method: 'post',
    path: '/journeys/{id}/test-runs',
    scope: 'read',
    tag,
    summary: 'Walk a sample customer on a virtual clock; nothing is sent, and nothing is kept',
    description:
      'By the engine itself, from the entry on: the draft if there is one, else the live version, or `?version`. A draft with errors is refused with their numbers. Everything is rendered as it would be sent; what consent keeps back from a customer that there is is `skipped`, as of now. Quiet hours and frequency caps hold on the virtual clock; caps count what the customer was sent already, and what the run sends. What would be otherwise with a real member is said in `assumptions`.',
    params: idParams,
    query: versionQuery,
    body: testRunBody,
    example: {
      customer: { traits: { email: 'ada@example.com', plan: 'gold' } },
      events: [{ at: 'PT2H', event: 'purchase', properties: { total: 80 } }],
      until: 'P30D',
    },
    answer: { status: 200, description: 'What happened', schema: testRun },
    handler: async ({ deps, workspaceId, params, query, body }) => {
      const version = query.version === undefined || query.version === 'draft' ? query.version : Number(query.version)
      const { sample, known } = await prepareSample(deps, { workspaceId, journeyId: params.id, version }, body)
      const {
        notes,
        deliveries,
        parked,
        endedAt,
        exitReason = null,
        ...walked
      } = await (known ? walkKeptBack(deps.db, workspaceId, sample) : walkSample(sample))
      return {
        body: {
          customer: { id: sample.customerId, known, traits: sample.traits },
          version: sample.version,
          startAt: iso(sample.startAt),
          timeline: notes.map(shown),
          deliveries: deliveries.map((delivery) => ({ ...delivery, at: iso(delivery.at) })),
          status: exitReason !== null ? 'exited' : parked ? 'parked' : 'active',
          tileId: notes.at(-1)!.tileId,
          exitReason,
          endedAt: iso(endedAt),
          ...walked,
        },
      }
    },
  }),
]
