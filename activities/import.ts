import { heartbeat } from '@temporalio/activity'
import { mergePage } from '../ingest/audiences.js'
import { importChunk } from '../store/imports.js'
import { finishJob } from '../store/jobs.js'
import type { ImportActivities } from '../workflows/api.js'
import type { StepDeps } from './deps.js'

/** The page of the import workflow. One that runs again does nothing twice. */
export function importActivities({ db, now }: StepDeps): ImportActivities {
  return {
    importPage: async (jobId, chunks) => {
      for (let done = 0; done < chunks; done++) {
        const at = await now?.()
        if (!(await importChunk(db, jobId, (tx, workspaceId, rows) => mergePage(tx, workspaceId, rows, at)))) {
          await finishJob(db, jobId)
          return { more: false }
        }
        heartbeat()
      }
      return { more: true }
    },
  }
}
