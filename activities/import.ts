import { heartbeat } from '@temporalio/activity'
import { judgingAround } from '../ingest/audiences.js'
import { importChunk } from '../store/imports.js'
import { finishJob } from '../store/jobs.js'
import type { ImportActivities } from '../workflows/api.js'
import type { StepDeps } from './deps.js'

/** The page of the import workflow. One that runs again does nothing twice. */
export function importActivities({ db, now }: StepDeps): ImportActivities {
  return {
    importPage: async (jobId, chunks) => {
      for (let done = 0; done < chunks; done++) {
        if (!(await importChunk(db, jobId, judgingAround(await now?.())))) {
          await finishJob(db, jobId)
          return { more: false }
        }
        heartbeat()
      }
      return { more: true }
    },
  }
}
