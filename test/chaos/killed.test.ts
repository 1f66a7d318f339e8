import { createCipher } from '../../store/cipher.js'
import { openDb, type Db } from '../../store/db.js'
import { createDestination } from '../../store/destinations.js'
import { enrol } from '../../store/enrol.js'
import { newId } from '../../model/ids.js'
import { DEFAULT_WORKSPACE, ensureDefaultWorkspace } from '../../store/workspaces.js'
import { connectTemporal } from '../../temporal/client.js'
import { freshDatabase } from '../setup/db.js'
import { sharedTemporal } from '../setup/temporal.js'
import { workflowBundle } from '../setup/workflows.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { launch } from '../support/launch.js'
import { startWhole, type Whole } from '../support/whole-run.js'
import { countingMailServer, countingVendors } from './vendors.js'

/*
 * Worker processes, killed without warning while they send, again and again. KILLS= sets how often; the instants are as they fall.
 */

const KILLS = Number(process.env.KILLS ?? 3)
const MEMBERS = KILLS * 90
const SECRETS = { apiKey: 'key' }
/** To whom tells the mail server's effects apart. */
const FIELDS = { to: '{{ customer.id }}@example.com', subject: 'Hello', text: '-' }
const KEY = 'a key for tests, thirty-two characters'

test(`${KILLS} workers that are killed while they send`, async () => {
  // Long enough that some are under way whenever one is killed.
  const vendor = await countingVendors(() => Math.random() * 400)
  const mailServer = await countingMailServer(() => Math.random() * 200)
  const database = await freshDatabase()
  const db = openDb(database.url)
  const taskQueue = `killed-${database.name}`
  const temporal = await connectTemporal({ address: sharedTemporal(), namespace: 'default', taskQueue })
  let workers: Whole[] = []
  try {
    await ensureDefaultWorkspace(db)
    const work = () => startWhole({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: sharedTemporal(), TASK_QUEUE: taskQueue, ENCRYPTION_KEY: KEY, TILEWORK_ADMIN_KEY: KEY, VENDOR: vendor.toward(''), VENDOR_HTTP2: '', LOG_LEVEL: 'silent', BUNDLE: workflowBundle().codePath }) // prettier-ignore
    const journeys = {
      resend: await launched(db, 'resend', {}, SECRETS),
      sendgrid: await launched(db, 'sendgrid', { region: 'global' }, SECRETS),
      smtp: await launched(db, 'smtp', { host: '127.0.0.1', port: mailServer.port, secure: false }, {}),
    }
    const ids = Object.values(journeys)
    for (let n = 0; n < MEMBERS; n++) {
      const enrolled = await enrol(db, { workspaceId: DEFAULT_WORKSPACE, triggerId: newId('evt'), journeyId: ids[n % ids.length]!, customerId: `c${n}` }) // prettier-ignore
      if ('start' in enrolled) await temporal.startMember(enrolled.start)
    }
    workers = [await work()]
    for (let kill = 1; kill <= KILLS; kill++) {
      // The next one is there when this one goes.
      const next = work()
      const taken = (): number => vendor.requests + mailServer.requests
      const before = taken()
      await eventually(
        () => Promise.resolve(taken() - before),
        (some) => some >= 5 + kill,
        60_000,
      )
      await workers.shift()!.kill()
      workers.push(await next)
    }
    const rows = await eventually(
      () =>
        db.query<Row>(
          `select d.key, d.customer_id as "customerId", d.journey_id as "journeyId", d.state, d.error_code as code, m.status from delivery d join member m on m.id = d.member_id`,
        ),
      (all) => all.length === MEMBERS && all.every(({ status }) => status === 'exited' || status === 'parked'),
      200_000,
    )
    const seen = ({ key, customerId }: Row): number => vendor.effects.get(key) ?? mailServer.effects.get(customerId) ?? 0
    const of = (type: keyof typeof journeys): Row[] => rows.filter(({ journeyId }) => journeyId === journeys[type])
    expect(new Set(of('resend').map((each) => `${each.state}, ${each.status}, ${seen(each)}`))).toEqual(new Set(['sent, exited, 1']))
    expect(rows.filter(({ state }) => state === 'unknown').length).toBeGreaterThan(0)
    for (const type of ['sendgrid', 'smtp'] as const) {
      const theirs = of(type)
      // Nothing twice; and what is not known to be sent, of which the server may have taken some, is `unknown`.
      expect([type, theirs.filter((each) => seen(each) > 1)]).toEqual([type, []])
      expect([type, theirs.filter((each) => each.state !== 'unknown' && !(each.state === 'sent' && seen(each) === 1))]).toEqual([type, []])
      const unknown = theirs.filter(({ state }) => state === 'unknown')
      expect([type, unknown.filter(({ code }) => code !== 'lost')]).toEqual([type, []])
    }
    if (process.env.SHOW) {
      const figures = (type: keyof typeof journeys) => {
        const theirs = of(type)
        const unknown = theirs.filter(({ state }) => state === 'unknown')
        return { members: theirs.length, effects: theirs.reduce((sum, each) => sum + seen(each), 0), unknown: unknown.length, takenAndUnknown: unknown.filter((each) => seen(each) === 1).length } // prettier-ignore
      }
      console.log({ kills: KILLS, members: MEMBERS, requests: { http: vendor.requests, smtp: mailServer.requests }, resend: figures('resend'), sendgrid: figures('sendgrid'), smtp: figures('smtp') }) // prettier-ignore
    }
  } finally {
    await Promise.all(workers.map((each) => each.kill()))
    await temporal.close()
    await db.close()
    await vendor.stop()
    await mailServer.stop()
    await database.drop()
  }
}, 300_000)

interface Row {
  key: string
  customerId: string
  journeyId: string
  state: string
  code: string | null
  status: string
}

/** An orchestration that sends by it; Temporal gives an attempt up sooner than it would. */
async function launched(db: Db, type: string, config: object, secrets: Record<string, string>): Promise<string> {
  const input = { name: type, type, config: { from: 'shop@example.com', ...config }, secrets, rateLimit: { perSecond: 10_000 } } // prettier-ignore
  const { id } = await createDestination(db, createCipher(KEY), DEFAULT_WORKSPACE, input)
  const retry = { maxAttempts: 9, initialInterval: 'PT0.1S', backoff: 1, maxInterval: 'PT0.1S' }
  const journeyId = await launch(db, row([entry(), send('mail', 'Hello', { destinationId: id, retry, fields: FIELDS }), exit()]), type)
  await db.query(`update journey_version set route = jsonb_set(route, '{tiles,mail,timeoutMs}', '2000') where journey_id = $1 returning 1 as done`, [journeyId]) // prettier-ignore
  return journeyId
}
