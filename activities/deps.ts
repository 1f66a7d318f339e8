import type { Db } from '../store/db.js'
import type { Temporal } from '../temporal/client.js'

/** What the activities work with. */
export interface StepDeps {
  db: Db
  /** The instant of an arrival; PostgreSQL's clock when absent. A time-skipping server's clock in tests. */
  now?: () => Promise<Date>
}

/** For steps that change profiles: others may wait for the change. */
export interface ReactingDeps extends StepDeps {
  temporal: Pick<Temporal, 'send'>
}

export interface BulkDeps extends StepDeps {
  temporal: Temporal
}
