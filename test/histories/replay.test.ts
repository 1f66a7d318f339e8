import fs from 'node:fs'
import path from 'node:path'
import { Worker } from '@temporalio/worker'
import { installRuntime } from '../../worker/index.js'
import { workflowBundle } from '../setup/workflows.js'

/*
 * Histories recorded on a real server (RECORD=1 npm test -- test/histories/record), one folder per engine version. A change of the engine that
 * could not go on with members of a released version fails here.
 */

// It is there from here on: a replay ends it.
beforeAll(() => installRuntime('ERROR'))

const root = path.join(process.cwd(), 'test/histories')
const files = fs
  .readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .sort()

interface History {
  events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[]
}
const read = (file: string) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as History

test('there are histories', () => expect(files.length).toBeGreaterThan(5))

test.each(files)('%s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: workflowBundle(), replayName: file }, read(file), path.basename(file, '.json'))
})

test('a history that the engine would not write is refused', async () => {
  const history = read(files.find((file) => file.includes('path'))!)
  const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes)!
  scheduled.activityTaskScheduledEventAttributes!.activityType.name = 'another'
  await expect(Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, 'changed')).rejects.toThrow()
})
