import type { Db } from '../store/db.js'
import type { Temporal } from '../temporal/client.js'

/** What the activities work with. */
export interface StepDeps {
  db: Db
  /** The instant of an arrival; PostgreSQL's clock when absent. A time-skipping server's clock in tests. */
  now?: () => Promise<Date>
}

export interface BulkDeps extends StepDeps {
  temporal: Temporal
}
