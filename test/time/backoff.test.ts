import { entry, exit, hook, row, wait } from '../support/canvas.js'
import { LATE, startTimeRig, type TimeRig } from '../support/time-rig.js'

let time: TimeRig
beforeAll(async () => {
  time = await startTimeRig()
}, 120_000)
afterAll(() => time?.stop())

test('a criterion by age takes a member out of a back-off in time, when the clock of this process is another', async () => {
  const hour = { maxAttempts: 5, initialInterval: 'PT2H', backoff: 1, maxInterval: 'PT2H' }
  // Nobody listens there.
  const send = hook('send', 'http://127.0.0.1:9/', { retry: hour, onFailure: 'park' })
  const canvas = row([entry(), wait('w', { kind: 'duration', duration: 'PT720H' }), send, exit()], [], {
    exitCriteria: [{ name: 'old', after: 'PT721H' }],
  })
  const walker = await time.start(canvas)
  const { stays, reason } = await time.end(walker, 'w')
  expect(reason).toBe('old')
  const left = (await time.timeline(walker)).find(({ event }) => event === 'exited')!.at.getTime()
  expect(left).toBeLessThan(stays[0]!.at + 721 * 3_600_000 + LATE)
}, 60_000)

test('a look that finds the member stays does not bring the next attempt forward', async () => {
  const begun = await time.now()
  const after = (minutes: number) => new Date(begun + minutes * 60_000).toISOString()
  const twice = { maxAttempts: 2, initialInterval: 'PT2H', backoff: 1, maxInterval: 'PT2H' }
  const send = hook('send', 'http://127.0.0.1:9/', { retry: twice, onFailure: 'exit' })
  // Its last part turns true after 30 minutes, when the first has turned false.
  const when = {
    all: [
      { trait: 'seen', op: 'withinLast', value: 'PT20M' },
      { trait: 'renewal', op: 'withinNext', value: 'PT1H' },
    ],
  }
  const canvas = row([entry(), send, exit()], [], { exitCriteria: [{ name: 'turned', when }] })
  const walker = await time.start(canvas, { seen: after(0), renewal: after(90) })
  expect((await time.end(walker, 'send')).reason).toBe('failed')
  const failed = (await time.timeline(walker)).find(({ event }) => event === 'failed')!.at.getTime()
  expect(failed).toBeGreaterThanOrEqual(begun + 2 * 3_600_000)
}, 60_000)
