import type { Route } from '../route.js'
import { adminRoutes } from './admin.js'
import { audienceRoutes } from './audiences.js'
import { consentRoutes } from './consent.js'
import { customerRoutes } from './customers.js'
import { errorRoutes } from './errors.js'
import { eventRoutes } from './events.js'
import { destinationRoutes } from './destinations.js'
import { frequencyCapRoutes } from './frequency-caps.js'
import { journeyRoutes } from './journeys.js'
import { meRoutes } from './me.js'
import { memberRoutes } from './members.js'
import { noteRoutes } from './notes.js'
import { monitorRoutes } from './monitor.js'
import { settingsRoutes } from './settings.js'
import { usedByRoutes } from './used-by.js'
import { userRoutes } from './users.js'
import { previewRoutes } from './previews.js'
import { topicRoutes } from './topics.js'
import { testRunRoutes } from './test-runs.js'
import { templateRoutes } from './templates.js'
import { versionRoutes } from './versions.js'
import { schemaRoutes } from './schema.js'
import { importRoutes } from './imports.js'
import { operateRoutes } from './operate.js'

/** Everything under /api/v1. */
export const ROUTES: readonly Route[] = [
  ...journeyRoutes,
  ...versionRoutes,
  ...noteRoutes,
  ...monitorRoutes,
  ...errorRoutes,
  ...testRunRoutes,
  ...previewRoutes,
  // Before the members: `bulk` is no member's id.
  ...operateRoutes,
  ...memberRoutes,
  // Before the customers: `export` is no customer's id here.
  ...importRoutes,
  ...customerRoutes,
  ...consentRoutes,
  // Before the audiences and the destinations: `used-by` is no id.
  ...usedByRoutes,
  ...audienceRoutes,
  ...topicRoutes,
  ...eventRoutes,
  ...schemaRoutes,
  ...destinationRoutes,
  ...templateRoutes,
  ...meRoutes,
  ...userRoutes,
  ...settingsRoutes,
  ...frequencyCapRoutes,
  ...adminRoutes,
]
