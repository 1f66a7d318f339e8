import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { startRouter } from '../../ingest/router.js'
import { ENGINE_VERSION } from '../../model/route.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { pauseJourney, resumeJourney } from '../../store/gate.js'
import { getMember } from '../../store/members.js'
import { temporalCli } from '../../scripts/tools.mjs'
import { temporalAddress } from '../setup/temporal.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { costPath } from '../support/paths.js'
import { publish } from '../support/versions.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

const folder = path.join(process.cwd(), `test/histories/v${ENGINE_VERSION}`)

type Act = (rig: Rig, journeyId: string, memberId: string) => Promise<void>

const at = (rig: Rig, journeyId: string, memberId: string, status: string, tileId?: string) =>
  eventually(
    () => getMember(rig.db, WORKSPACE, journeyId, memberId),
    (member) => member.status === status && (tileId === undefined || member.tileId === tileId),
  )

const ports = [
  { from: 'w', port: 'met', to: 'done' },
  { from: 'w', port: 'timeout', to: 'done' },
]
const eventWait = row([entry(), wait('w', { kind: 'event', event: 'go', timeout: 'PT30S' }), exit()], ports)
const broken = row([entry(), hook('call', 'http://127.0.0.1:1/', { retry: { maxAttempts: 1 } }), exit()])

const CASES: Record<string, [unknown, Act?]> = {
  path: [costPath()],
  met: [
    eventWait,
    async (rig, journeyId, memberId) => {
      const { customerId } = await at(rig, journeyId, memberId, 'active', 'w')
      await insertEvents(rig.db, WORKSPACE, [{ messageId: memberId, customerId, type: 'track', event: 'go', properties: {}, context: {}, timestamp: new Date() }])
    },
  ],
  exit: [
    eventWait,
    async (rig, journeyId, memberId) => {
      await at(rig, journeyId, memberId, 'active', 'w')
      await rig.temporal.operate(memberId, { kind: 'exit', id: 'x', reason: 'operator' })
    },
  ],
  'parked-retry-skip': [
    broken,
    async (rig, journeyId, memberId) => {
      await at(rig, journeyId, memberId, 'parked')
      await rig.temporal.operate(memberId, { kind: 'retry', id: 'r' })
      await at(rig, journeyId, memberId, 'parked')
      await rig.temporal.operate(memberId, { kind: 'skip', id: 's' })
    },
  ],
  'held-resumed': [
    row([entry(), wait('w', { kind: 'duration', duration: 'PT0.5S' }), send('s', 'Hi'), exit()]),
    async (rig, journeyId, memberId) => {
      await at(rig, journeyId, memberId, 'active', 'w')
      await pauseJourney(rig.db, WORKSPACE, journeyId, 'record')
      await at(rig, journeyId, memberId, 'held')
      const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
      await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause })
    },
  ],
  'profile-branch': [
    row(
      [entry(), tile('u', 'updateProfile', { changes: [{ op: 'set', trait: 'a', value: 1 }] }), tile('b', 'branch', { kind: 'percentage', paths: [{ id: 'a', weight: 100 }] }), exit()],
      [{ from: 'b', port: 'a', to: 'done' }],
    ),
  ],
  // From here on a delivery makes the step behind it, too.
  onward: [costPath('PT0.5S')],
  moved: [
    row([entry(), send('s', 'Hi'), wait('w', { kind: 'duration', duration: 'P1D' }), wait('x', { kind: 'duration', duration: 'PT0.2S' }), exit()]),
    async (rig, journeyId, memberId) => {
      await at(rig, journeyId, memberId, 'active', 'w')
      await rig.temporal.operate(memberId, { kind: 'move', id: 'm', to: 'x' })
    },
  ],
  'another-version': [
    row([entry(), wait('w', { kind: 'duration', duration: 'P1D' }), exit()]),
    async (rig, journeyId, memberId) => {
      await at(rig, journeyId, memberId, 'active', 'w')
      const next = row([entry(), wait('w', { kind: 'duration', duration: 'PT0.2S' }), send('s', 'Hi'), exit()])
      await rig.temporal.startMigrate(await publish(rig.db, journeyId, next, { w: { do: 'move' } }))
    },
  ],
  aged: [row([entry(), wait('w', { kind: 'duration', duration: 'P1D' }), exit()], [], { exitCriteria: [{ name: 'Old', after: 'PT1S' }] })],
  frozen: [
    row([entry(), wait('w', { kind: 'duration', duration: 'PT0.5S' }), send('s', 'Hi'), exit()]),
    async (rig, journeyId, memberId) => {
      await at(rig, journeyId, memberId, 'active', 'w')
      await pauseJourney(rig.db, WORKSPACE, journeyId, 'record', { clocks: 'freeze' })
      await at(rig, journeyId, memberId, 'held')
      const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
      await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause })
    },
  ],
}

/** What was recorded once stays: it is what members of that day have in their histories. */
async function record(rig: Rig, name: string, canvas: unknown, act?: Act): Promise<void> {
  const file = path.join(folder, `${name}.json`)
  if (fs.existsSync(file)) return
  const journeyId = await rig.launch(canvas)
  await mergeTraits(rig.db, WORKSPACE, `customer-${name}`, { name: 'Ada', email: 'ada@example.com' })
  const memberId = await rig.enter({ journeyId, customerId: `customer-${name}` })
  await act?.(rig, journeyId, memberId)
  await rig.finished(memberId)
  const show = ['workflow', 'show', '--address', temporalAddress(), '--workflow-id', memberId, '--output', 'json']
  const history: unknown = JSON.parse(execFileSync(await temporalCli(), show, { encoding: 'utf8' }))
  fs.writeFileSync(file, `${JSON.stringify(history)}\n`)
}

/** Not a test of its own: run with RECORD=1 to record the histories of a new engine version. */
const recording = process.env.RECORD === '1' ? test : test.skip

recording('record the histories of this engine version', async () => {
  const rig = await startRig()
  const router = startRouter({ db: rig.db, temporal: rig.temporal })
  fs.mkdirSync(folder, { recursive: true })
  try {
    for (const [name, [canvas, act]] of Object.entries(CASES)) await record(rig, name, canvas, act)
    const inner = await rig.launch(row([entry(), send('s', 'Inside'), exit()]))
    await record(rig, 'sub', row([entry(), tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' }), exit()]))
  } finally {
    await router.stop()
    await rig.stop()
  }
}, 120_000)
