import { Inbox } from './inbox.js'

const MOVE = { kind: 'move', id: 'migration:job_1', version: 2, tile: 'next' } as const

it('takes a move once, also when it is repeated to the run that goes on', () => {
  const inbox = new Inbox()
  inbox.push(MOVE)
  expect(inbox.move).toEqual(MOVE)
  inbox.done.add(MOVE.id)
  inbox.move = undefined
  inbox.push(MOVE)
  expect(inbox.move).toBeUndefined()

  const next = new Inbox(JSON.parse(JSON.stringify(inbox.state())))
  next.push(MOVE)
  expect(next.move).toBeUndefined()
  next.push({ ...MOVE, id: 'migration:job_2', version: 3 })
  expect(next.move).toMatchObject({ version: 3 })
})
