import fc from 'fast-check'
import { ApiProblem } from '../../api/problem.js'
import { drawn } from '../../canvas/doc/fixture.js'
import type { Doc } from '../../canvas/doc/types.js'
import { KeptDrafts } from './kept.js'
import { Saver, type Remote, type SaveState } from './saver.js'

/** A server of one document, whose answers are given by hand, and a clock that is turned by hand. */
function setUp(isUnchanged?: (before: Doc, after: Doc) => boolean) {
  const server = { doc: named('0'), revision: 1 }
  const asked: (() => void)[] = []
  let timers: { at: number; work: () => void }[] = []
  let now = 0
  let down = false
  let loseAnswers = false
  const states: SaveState<Doc>['kind'][] = []
  let kept: { doc: Doc; etag: string } | undefined
  let last: SaveState<Doc> = { kind: 'saved' }
  const remote: Remote<Doc> = {
    async write(doc, ifMatch) {
      await new Promise<void>((resolve) => asked.push(resolve))
      if (down) throw new ApiProblem(0, 'offline', 'Down.')
      if (doc.name === 'bad') throw new ApiProblem(422, 'invalid', 'The name is bad.')
      if (ifMatch !== `"${server.revision}"`) throw new ApiProblem(412, 'stale', 'Stale.')
      server.doc = doc
      server.revision++
      if (loseAnswers) throw new ApiProblem(0, 'offline', 'Down.')
      return `"${server.revision}"`
    },
    read: () => Promise.resolve({ doc: { ...server.doc }, etag: `"${server.revision}"` }),
    isSame: (sent, theirs) => Promise.resolve(sent.name === theirs.name),
  }
  const saver = new Saver({
    remote,
    doc: server.doc,
    etag: '"1"',
    ...(isUnchanged && { isUnchanged }),
    onState: (state) => {
      last = state
      if (states.at(-1) !== state.kind) states.push(state.kind)
    },
    keep: (unsaved) => (kept = unsaved),
    later: (work, ms) => {
      const timer = { at: now + ms, work }
      timers.push(timer)
      return () => (timers = timers.filter((each) => each !== timer))
    },
  })
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) await Promise.resolve()
  }
  return {
    saver,
    server,
    states,
    get kept() {
      return kept?.doc.name
    },
    get last() {
      return last
    },
    get asked() {
      return asked.length
    },
    set down(is: boolean) {
      down = is
    },
    set loseAnswers(is: boolean) {
      loseAnswers = is
    },
    async pass(ms: number) {
      now += ms
      const due = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { work } of due) work()
      await settle()
    },
    async answer() {
      asked.shift()?.()
      await settle()
    },
    somebodyElse(name: string) {
      server.doc = named(name)
      server.revision++
    },
  }
}

const named = (name: string): Doc => ({ ...drawn([['entry', 'entry']]), name })

it('sends after a pause, one at a time, and keeps what is not there yet', async () => {
  const rig = setUp()
  rig.saver.change(named('1'))
  await rig.pass(500)
  rig.saver.change(named('2'))
  await rig.pass(500)
  expect(rig.asked).toBe(0)
  await rig.pass(200)
  expect([rig.asked, rig.kept]).toEqual([1, '2'])
  rig.saver.change(named('3'))
  await rig.pass(5_000)
  expect(rig.asked).toBe(1)
  await rig.answer()
  expect([rig.server.doc.name, rig.kept]).toEqual(['2', '3'])
  await rig.pass(700)
  await rig.answer()
  expect([rig.server.doc.name, rig.kept, rig.states]).toEqual(['3', undefined, ['saving', 'saved']])
})

it('does not wait for ever for who types without a pause', async () => {
  const rig = setUp()
  for (let n = 1; n <= 12; n++) {
    rig.saver.change(named(`${n}`))
    await rig.pass(600)
  }
  expect(rig.asked).toBe(1)
})

it('keeps on trying while the server is away, and goes on when it is back', async () => {
  const rig = setUp()
  rig.down = true
  rig.saver.change(named('1'))
  for (const wait of [700, 1_000, 2_000, 4_000]) {
    await rig.pass(wait)
    await rig.answer()
    expect([rig.last.kind, rig.kept]).toEqual(['offline', '1'])
  }
  rig.down = false
  rig.saver.flush()
  await rig.answer()
  expect([rig.last.kind, rig.server.doc.name, rig.kept]).toEqual(['saved', '1', undefined])
})

it('knows its own write again when the answer was lost', async () => {
  const rig = setUp()
  rig.loseAnswers = true
  rig.saver.change(named('1'))
  await rig.pass(700)
  await rig.answer()
  rig.loseAnswers = false
  await rig.pass(1_000)
  await rig.answer()
  expect(rig.last.kind).toBe('saved')
  rig.saver.change(named('2'))
  await rig.pass(700)
  await rig.answer()
  expect([rig.server.doc.name, rig.server.revision]).toEqual(['2', 3])
})

it('never overwrites what this person has not seen', async () => {
  const rig = setUp()
  rig.somebodyElse('theirs')
  rig.saver.change(named('mine'))
  await rig.pass(700)
  await rig.answer()
  expect(rig.last).toMatchObject({ kind: 'conflict', theirs: { doc: { name: 'theirs' }, etag: '"2"' } })
  rig.saver.change(named('mine too'))
  await rig.pass(60_000)
  expect([rig.asked, rig.server.doc.name, rig.kept]).toEqual([0, 'theirs', 'mine too'])
  // Seen; but meanwhile there is another one again.
  const { theirs } = rig.last as Extract<SaveState<Doc>, { kind: 'conflict' }>
  rig.somebodyElse('theirs again')
  rig.saver.overwrite(theirs)
  await rig.answer()
  expect(rig.last).toMatchObject({ kind: 'conflict', theirs: { doc: { name: 'theirs again' } } })
  rig.saver.overwrite((rig.last as Extract<SaveState<Doc>, { kind: 'conflict' }>).theirs)
  await rig.answer()
  expect([rig.last.kind, rig.server.doc.name, rig.kept]).toEqual(['saved', 'mine too', undefined])
})

it('takes theirs when that is what the person wants', async () => {
  const rig = setUp()
  rig.somebodyElse('theirs')
  rig.saver.change(named('mine'))
  await rig.pass(700)
  await rig.answer()
  const { theirs } = rig.last as Extract<SaveState<Doc>, { kind: 'conflict' }>
  rig.saver.adopt(theirs)
  expect([rig.last.kind, rig.kept]).toEqual(['saved', undefined])
  rig.saver.change(named('more'))
  await rig.pass(700)
  await rig.answer()
  expect(rig.server.doc.name).toBe('more')
})

it('sends nothing of what did not change, however it is told', async () => {
  const rig = setUp((before, after) => before.name === after.name)
  rig.saver.change(named('0'))
  await rig.pass(60_000)
  rig.saver.change(named('1'))
  rig.saver.change(named('0'))
  await rig.pass(60_000)
  expect([rig.asked, rig.last.kind, rig.kept]).toEqual([0, 'saved', undefined])
  rig.saver.change(named('1'))
  await rig.pass(700)
  await rig.answer()
  expect(rig.server.doc.name).toBe('1')
})

it('says why something is not taken, and tries the next change', async () => {
  const rig = setUp()
  rig.saver.change(named('bad'))
  await rig.pass(700)
  await rig.answer()
  expect([rig.last, rig.kept]).toEqual([{ kind: 'refused', why: 'The name is bad.' }, 'bad'])
  rig.saver.change(named('good'))
  await rig.pass(700)
  await rig.answer()
  expect([rig.last.kind, rig.server.doc.name]).toEqual(['saved', 'good'])
})

it('loses nothing, whatever happens in whatever order', async () => {
  const act = fc.constantFrom('type', 'type', 'pause', 'answer', 'down', 'up', 'else', 'overwrite', 'flush', 'lose', 'find')
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
      const rig = setUp()
      let latest = '0'
      let unseen: string | undefined
      for (const [n, act] of acts.entries()) {
        const before = rig.server.doc.name
        if (act === 'type') rig.saver.change(named((latest = `mine ${n}`)))
        if (act === 'pause') await rig.pass(20_000)
        if (act === 'answer') await rig.answer()
        if (act === 'down' || act === 'up') rig.down = act === 'down'
        if (act === 'lose' || act === 'find') rig.loseAnswers = act === 'lose'
        if (act === 'flush') rig.saver.flush()
        if (act === 'else') rig.somebodyElse((unseen = `else ${n}`))
        else if (unseen !== undefined && before === unseen) expect(rig.server.doc.name).toBe(unseen)
        if (act === 'overwrite' && rig.last.kind === 'conflict' && rig.last.theirs.doc.name === unseen) {
          unseen = undefined
          rig.saver.overwrite(rig.last.theirs)
        }
        // What was typed last is on the server, or in the browser.
        expect(latest === '0' || rig.kept === latest || rig.last.kind === 'saved').toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

describe('what the browser keeps', () => {
  const storage = (room = Infinity) => {
    const map = new Map<string, string>()
    return {
      get length() {
        return map.size
      },
      key: (index: number) => [...map.keys()][index] ?? null,
      getItem: (key: string) => map.get(key) ?? null,
      removeItem: (key: string) => void map.delete(key),
      setItem: (key: string, value: string) => {
        if (value.length > room) throw new Error('QuotaExceededError')
        map.set(key, value)
      },
    }
  }

  it('is told apart by tab and by draft', () => {
    const store = storage()
    const [a, b, other] = ['a', 'b', 'a'].map((tab, index) => new KeptDrafts<Doc>(store, index === 2 ? 'jrn_2/draft' : 'jrn_1/draft', tab))
    a!.keep(named('A'), '"1"', 5)
    b!.keep(named('B'), '"2"', 6)
    expect(a!.mine()).toMatchObject({ doc: { name: 'A' }, etag: '"1"', at: 5 })
    expect(a!.others().map(({ tab, kept }) => [tab, kept.doc.name])).toEqual([['b', 'B']])
    expect([other!.mine(), other!.others()]).toEqual([undefined, []])
    a!.drop('b')
    expect(b!.mine()).toBeUndefined()
  })

  it('says when there is no room, and passes by what it cannot read', () => {
    const store = storage(20)
    const kept = new KeptDrafts<Doc>(store, 'x', 'a')
    expect(kept.keep(named('A'), '"1"', 5)).toBe(false)
    store.setItem('tilework:unsaved:x:a', '{"doc":')
    expect(kept.mine()).toBeUndefined()
  })
})
