import { entry, eventually, exit, row, wait } from '../test/support/canvas.js'
import { launch } from '../test/support/launch.js'
import { publish } from '../test/support/versions.js'
import { freshDatabase } from '../test/setup/db.js'
import { openDb, type Db } from './db.js'
import { enrol } from './enrol.js'
import { endMigration, leavers, migrationOf, unfinishedMigrations } from './migrations.js'
import { DEFAULT_WORKSPACE, ensureDefaultWorkspace } from './workspaces.js'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Db
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url, { max: 5 })
  await ensureDefaultWorkspace(db)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const DAY = { kind: 'duration', duration: 'P1D' }
const CANVAS = row([entry(), wait('stays', DAY), wait('moves', DAY), wait('goes', DAY), exit()])

async function at(journeyId: string, tileId: string, customerId: string): Promise<string> {
  const entered = await enrol(db, { workspaceId: DEFAULT_WORKSPACE, journeyId, customerId, triggerId: `test:${customerId}` })
  if (!('memberId' in entered)) throw new Error('It did not enter.')
  await db.query('update member set tile_id = $2 where id = $1', [entered.memberId, tileId])
  return entered.memberId
}

it('pages through those who move or exit, and no others', async () => {
  const journeyId = await launch(db, CANVAS)
  const [moves, , goes, exited] = [
    await at(journeyId, 'moves', 'a'),
    await at(journeyId, 'stays', 'b'),
    await at(journeyId, 'goes', 'c'),
    await at(journeyId, 'moves', 'd'),
  ]
  await db.query(`update member set status = 'exited' where id = $1`, [exited])
  const migration = await migrationOf(db, await publish(db, journeyId, CANVAS, { moves: { do: 'move' }, goes: { do: 'exit' } }))
  await at(journeyId, 'moves', 'enters the new version')
  const first = await leavers(db, migration, 1)
  expect(first).toEqual([{ id: moves, tile: 'moves', old: false }])
  await db.query(`update member set entered_at = now() - interval '2 hours' where id = $1`, [goes])
  expect(await leavers(db, migration, 5, first[0]!.id)).toEqual([{ id: goes, tile: 'goes', old: true }])
  expect(await unfinishedMigrations(db, 10)).toEqual([migration.jobId])
  expect(await endMigration(db, migration)).toBe(2)
  expect(await db.one('select done, status from job where id = $1', [migration.jobId])).toEqual({ done: 0, status: 'running' })
  await db.query(`update member set status = 'exited' where id = $1`, [moves])
  expect(await endMigration(db, migration)).toBe(1)
  expect(await db.one('select done, status from job where id = $1', [migration.jobId])).toEqual({ done: 1, status: 'running' })
})

it('does not end while a step is under way that brings somebody to such a tile', async () => {
  const journeyId = await launch(db, CANVAS)
  const member = await at(journeyId, 'stays', 'a')
  const migration = await migrationOf(db, await publish(db, journeyId, CANVAS, { moves: { do: 'move' } }))
  const ended = await db.tx(async (step) => {
    await step.query('select pg_advisory_xact_lock_shared(tw_journey_lock($1))::text as locked', [journeyId])
    await step.query(`update member set tile_id = 'moves' where id = $1`, [member])
    // Nobody is at the tile as far as others can see; so it goes for the lock, and has to wait for this step.
    const ending = endMigration(db, migration)
    await eventually(
      () =>
        db.query(`select 1 as one from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`),
      (waiting) => waiting.length === 1,
    )
    return { ending }
  })
  expect(await ended.ending).toBe(1)
  await db.query(`update member set status = 'exited' where id = $1`, [member])
  expect(await endMigration(db, migration)).toBe(0)
  expect(await endMigration(db, migration)).toBe(0)
  expect(await db.one('select status from migration where job_id = $1', [migration.jobId])).toEqual({ status: 'done' })
})
