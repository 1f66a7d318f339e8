import { buildPage } from '../activities/build.js'
import { changeTraits } from '../ingest/audiences.js'
import { routeBatch } from '../ingest/batch.js'
import { createAudience, getAudience } from '../store/audiences.js'
import { estimateAudience } from '../store/audiences-estimate.js'
import { mergeTraits } from '../store/customers.js'
import { openDb, type Db } from '../store/db.js'
import { insertEvents } from '../store/events.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from '../store/workspaces.js'
import { freshDatabase } from '../test/setup/db.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { recordingTemporal } from '../test/support/recording-temporal.js'
import { median, random } from './measure.js'

/*
 * N customers with fifty traits, and a hundred audiences by condition over these: how many audiences an `identify` judges, and how long it takes;
 * a build of everybody; an estimate.
 */

const N = Number(process.env.N ?? 100_000)
const TRAITS = 50
const AUDIENCES = 100
const IDENTIFIES = Number(process.env.ROUNDS ?? 1_000)

const trait = (n: number): string => `trait_${n % TRAITS}`
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!
const ms = (value: number): string => `${value.toFixed(1)} ms`

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const from = performance.now()
  const value = await work()
  return { ms: performance.now() - from, value }
}

async function fill(db: Db): Promise<void> {
  await db.query(
    `insert into customer (workspace_id, id, traits)
     select $1, 'customer-' || n, (select jsonb_object_agg('trait_' || t, (n * 7 + t * 13) % 100) from generate_series(0, ${TRAITS - 1}) t)
     from generate_series(1, $2::int) n`,
    [WORKSPACE, N],
  )
  await db.query('vacuum analyze customer')
}

async function build(db: Db, audienceId: string): Promise<void> {
  while (await buildPage({ db }, { workspaceId: WORKSPACE, audienceId, generation: 1 }));
}

async function main(): Promise<void> {
  await setup()
  const database = await freshDatabase()
  const db = openDb(database.url)
  await ensureDefaultWorkspace(db)
  try {
    console.log(`${N} customers made in ${ms((await timed(() => fill(db))).ms)}`)
    const first = await createAudience(db, WORKSPACE, 'A0', { trait: trait(0), op: 'lt', value: 30 })
    const built = await timed(() => build(db, first.id))
    const { size } = await getAudience(db, WORKSPACE, first.id)
    console.log(`one audience built in ${ms(built.ms)}: ${Math.round(N / (built.ms / 1000))} customers a second, ${size} in it`)
    for (let n = 1; n < AUDIENCES; n++) {
      const { id } = await createAudience(db, WORKSPACE, `A${n}`, { trait: trait(n), op: 'lt', value: 30 + (n % 40) })
      // Empty until somebody changes: what an identify costs does not depend on who is in.
      await db.query('update audience set built = generation where id = $1', [id])
    }
    await identify(db)
    const estimates: number[] = []
    for (let n = 0; n < 5; n++)
      estimates.push((await timed(() => estimateAudience(db, WORKSPACE, { trait: trait(n), op: 'lt', value: 30 }))).ms)
    const { value } = await timed(() => estimateAudience(db, WORKSPACE, { trait: trait(0), op: 'lt', value: 30 }))
    console.log(`an estimate takes ${ms(median(estimates))}: ${value.estimate} ± ${value.margin} of ${value.total} (${size} are)`)
    console.log(`the size is read in ${ms((await timed(() => getAudience(db, WORKSPACE, first.id))).ms)}`)
  } finally {
    await db.close()
    await database.drop()
    await teardown()
  }
}

async function identify(db: Db): Promise<void> {
  const judged = new Set<number>()
  const [alone, whole]: number[][] = [[], []]
  const temporal = recordingTemporal()
  const state = { stopping: false, unexplained: new Map<string, number>() }
  for (let n = 0; n < IDENTIFIES; n++) {
    const customerId = `customer-${1 + Math.floor(random() * N)}`
    const traits = { [trait(Math.floor(random() * TRAITS))]: 1_000 + n }
    const { ms: took, value } = await timed(() =>
      changeTraits({ db }, { workspaceId: WORKSPACE, customerId }, (tx) => mergeTraits(tx, WORKSPACE, customerId, traits)),
    )
    alone!.push(took)
    judged.add(value)
    await insertEvents(db, WORKSPACE, [{ messageId: `m${n}`, customerId, type: 'identify', event: '$identify', properties: { [trait(n)]: n % 100 }, context: {}, timestamp: new Date() }]) // prettier-ignore
    whole!.push((await timed(() => routeBatch({ db, temporal }, state))).ms)
    // What that noted.
    while ((await routeBatch({ db, temporal }, state)) > 0);
  }
  console.log(`an identify of one of ${TRAITS} traits judges ${[...judged].sort().join(' or ')} of ${AUDIENCES} audiences`)
  console.log(`merge and judge: median ${ms(median(alone!))}, p95 ${ms(percentile(alone!, 0.95))}`)
  console.log(
    `the same routed, with all else that an event is looked at for: median ${ms(median(whole!))}, p95 ${ms(percentile(whole!, 0.95))}`,
  )
}

await main()
process.exit(0)
