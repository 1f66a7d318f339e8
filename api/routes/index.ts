import type { Route } from '../route.js'
import { adminRoutes } from './admin.js'
import { audienceRoutes } from './audiences.js'
import { customerRoutes } from './customers.js'
import { eventRoutes } from './events.js'
import { destinationRoutes } from './destinations.js'
import { journeyRoutes } from './journeys.js'
import { memberRoutes } from './members.js'
import { versionRoutes } from './versions.js'
import { operateRoutes } from './operate.js'

/** Everything under /api/v1. */
export const ROUTES: readonly Route[] = [
  ...journeyRoutes,
  ...versionRoutes,
  // Before the members: `bulk` is no member's id.
  ...operateRoutes,
  ...memberRoutes,
  ...customerRoutes,
  ...audienceRoutes,
  ...eventRoutes,
  ...destinationRoutes,
  ...adminRoutes,
]
