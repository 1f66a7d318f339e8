import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createCipher } from '../../store/cipher.js'
import { openDb, type Db } from '../../store/db.js'
import { createDestination } from '../../store/destinations.js'
import { enrol } from '../../store/enrol.js'
import { newId } from '../../model/ids.js'
import { DEFAULT_WORKSPACE, ensureDefaultWorkspace } from '../../store/workspaces.js'
import { connectTemporal } from '../../temporal/client.js'
import { bundleWorkflows } from '../../worker/bundle.js'
import { freshDatabase } from '../setup/db.js'
import { sharedTemporal } from '../setup/temporal.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { launch } from '../support/launch.js'
import { startWhole, type Whole } from '../support/whole-run.js'
import { countingVendors } from './vendors.js'

/*
 * Worker processes, killed without warning while they send, again and again. KILLS= sets how often; the instants are as they fall.
 */

const KILLS = Number(process.env.KILLS ?? 3)
const MEMBERS = KILLS * 60
const KEY = 'a key for tests, thirty-two characters'

test(`${KILLS} workers that are killed while they send`, async () => {
  // Long enough that some are under way whenever one is killed.
  const vendor = await countingVendors(() => Math.random() * 400)
  const database = await freshDatabase()
  const db = openDb(database.url)
  const taskQueue = `killed-${database.name}`
  const temporal = await connectTemporal({ address: sharedTemporal(), namespace: 'default', taskQueue })
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tilework-bundle-'))
  const BUNDLE = path.join(folder, 'bundle.js')
  let workers: Whole[] = []
  try {
    fs.writeFileSync(BUNDLE, (await bundleWorkflows()).code)
    await ensureDefaultWorkspace(db)
    const work = () => startWhole({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: sharedTemporal(), TASK_QUEUE: taskQueue, ENCRYPTION_KEY: KEY, TILEWORK_ADMIN_KEY: KEY, VENDOR: vendor.toward(''), VENDOR_HTTP2: '', LOG_LEVEL: 'silent', BUNDLE }) // prettier-ignore
    const [dedupes, others] = [await launched(db, 'resend'), await launched(db, 'sendgrid')]
    for (let n = 0; n < MEMBERS; n++) {
      const enrolled = await enrol(db, { workspaceId: DEFAULT_WORKSPACE, triggerId: newId('evt'), journeyId: n % 2 ? dedupes : others, customerId: `c${n}` }) // prettier-ignore
      if ('start' in enrolled) await temporal.startMember(enrolled.start)
    }
    workers = [await work()]
    for (let kill = 1; kill <= KILLS; kill++) {
      // The next one is there when this one goes.
      const next = work()
      const before = vendor.requests
      await eventually(
        () => Promise.resolve(vendor.requests - before),
        (some) => some >= 5 + kill,
        60_000,
      )
      await workers.shift()!.kill()
      workers.push(await next)
    }
    const rows = await eventually(
      () =>
        db.query<Row>(
          `select d.key, d.journey_id as "journeyId", d.state, d.error_code as code, m.status from delivery d join member m on m.id = d.member_id`,
        ),
      (all) => all.length === MEMBERS && all.every(({ status }) => status === 'exited' || status === 'parked'),
      200_000,
    )
    const seen = ({ key }: Row): number => vendor.effects.get(key) ?? 0
    const of = (journeyId: string): Row[] => rows.filter((each) => each.journeyId === journeyId)
    const [mine, theirs] = [of(dedupes), of(others)]
    expect(new Set(mine.map((each) => `${each.state}, ${each.status}, ${seen(each)}`))).toEqual(new Set(['sent, exited, 1']))
    const unknown = theirs.filter(({ state }) => state === 'unknown')
    expect(theirs.filter((each) => each.state !== 'unknown' && !(each.state === 'sent' && seen(each) === 1))).toEqual([])
    expect(theirs.filter((each) => seen(each) > 1)).toEqual([])
    expect(new Set(unknown.map(({ code }) => code))).toEqual(new Set(['lost']))
    if (process.env.SHOW)
      console.log({ kills: KILLS, members: MEMBERS, resend: { members: mine.length, effects: mine.reduce((sum, each) => sum + seen(each), 0) }, sendgrid: { members: theirs.length, sent: theirs.length - unknown.length, unknown: unknown.length, takenAndUnknown: unknown.filter((each) => seen(each) === 1).length }, requests: vendor.requests }) // prettier-ignore
  } finally {
    await Promise.all(workers.map((each) => each.kill()))
    await temporal.close()
    await db.close()
    await vendor.stop()
    fs.rmSync(folder, { recursive: true, force: true })
    await database.drop()
  }
}, 300_000)

interface Row {
  key: string
  journeyId: string
  state: string
  code: string | null
  status: string
}

/** An orchestration that sends by it; Temporal gives an attempt up sooner than it would. */
async function launched(db: Db, type: string): Promise<string> {
  const input = { name: type, type, config: { from: 'shop@example.com', region: 'global' }, secrets: { apiKey: 'key' }, rateLimit: { perSecond: 10_000 } } // prettier-ignore
  const { id } = await createDestination(db, createCipher(KEY), DEFAULT_WORKSPACE, input)
  const retry = { maxAttempts: 9, initialInterval: 'PT0.1S', backoff: 1, maxInterval: 'PT0.1S' }
  const journeyId = await launch(db, row([entry(), send('mail', 'Hello', { destinationId: id, retry }), exit()]), type)
  await db.query(`update journey_version set route = jsonb_set(route, '{tiles,mail,timeoutMs}', '2000') where journey_id = $1 returning 1 as done`, [journeyId]) // prettier-ignore
  return journeyId
}
