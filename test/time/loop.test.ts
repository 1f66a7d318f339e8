import { entry, exit, row, send, tile, wait } from '../support/canvas.js'
import { DAY } from '../support/clocks.js'
import { startTimeRig, type TimeRig } from '../support/time-rig.js'

/** Whether the member goes on looping: as long as it entered less than five days ago. */
const days = tile('again', 'branch', { kind: 'time', paths: [{ id: 'yes', sinceEntry: { lessThan: 'PT120H' } }] })
const everyDay = row(
  [entry(), wait('w', { kind: 'time', time: '09:00' }), days, exit()],
  [
    { from: 'again', port: 'yes', to: 'w' },
    { from: 'again', port: 'else', to: 'done' },
  ],
)

// Behind: the member comes back before 09:00 by that clock. Behind by much more than a wait's delivery takes.
describe.each([0, -2_000, 2_000])('the clock of the database is %d ms ahead', (skew) => {
  let time: TimeRig
  beforeAll(async () => {
    time = await startTimeRig({ skew })
  }, 120_000)
  afterAll(() => time?.stop())

  test('a member that loops takes a time of day once a day', async () => {
    const { stays, reason } = await time.end(await time.start(everyDay), 'w')
    expect(reason).toBe('completed')
    expect(stays.length).toBeGreaterThanOrEqual(5)
    expect(stays.slice(1).map(({ until }, index) => until! - stays[index]!.until!)).toEqual(stays.slice(1).map(() => DAY))
  }, 60_000)

  test('nor at two waits one after the other', async () => {
    const twice = row([entry(), wait('first', { kind: 'time', time: '09:00' }), wait('w', { kind: 'time', time: '09:00' }), exit()])
    const walker = await time.start(twice)
    const first = await time.waiting(walker, 'first')
    expect((await time.end(walker, 'w')).stays[0]!.until).toBe(first! + DAY)
  }, 60_000)

  test('nor with a send between them, which makes the step of the second', async () => {
    const nine = { kind: 'time', time: '09:00' }
    const walker = await time.start(row([entry(), wait('first', nine), send('hello', 'Hello'), wait('w', nine), exit()]))
    const first = await time.waiting(walker, 'first')
    expect((await time.end(walker, 'w')).stays[0]!.until).toBe(first! + DAY)
  }, 60_000)
})
