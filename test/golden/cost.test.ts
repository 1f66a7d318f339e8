import { mergeTraits } from '../../store/customers.js'
import { costPath } from '../support/paths.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
}, 60_000)
afterAll(() => rig.stop())

async function walk(canvas: unknown, act?: (memberId: string) => Promise<void>): Promise<{ events: string[]; transitions: number }> {
  const journeyId = await rig.launch(canvas)
  const customerId = `ada-${journeyId}`
  await mergeTraits(rig.db, WORKSPACE, customerId, { name: 'Ada', email: 'ada@example.com', vip: true })
  const memberId = await rig.enter({ journeyId, customerId })
  await act?.(memberId)
  expect(await rig.finished(memberId)).toBe('completed')
  const handle = rig.temporal.client.workflow.getHandle(memberId)
  const history = await handle.fetchHistory()
  const described = await handle.describe()
  return {
    events: (history.events ?? []).map(({ eventType }) => String(eventType)),
    transitions: Number(described.raw.workflowExecutionInfo?.stateTransitionCount),
  }
}

test('the path of eight tiles costs 37 events and 21 state transitions', async () => {
  const { events, transitions } = await walk(costPath())
  expect(events.length).toBeLessThanOrEqual(37)
  expect(transitions).toBeLessThanOrEqual(21)
  const sent = await rig.db.query<{ subject: string }>(`select fields ->> 'subject' as subject from sandbox_message order by id`)
  expect(sent.map(({ subject }) => subject)).toEqual(['Welcome Ada', 'A gift for Ada', 'Goodbye Ada'])
}, 60_000)
