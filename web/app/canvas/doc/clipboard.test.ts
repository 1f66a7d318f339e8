import { addNote } from './notes.js'
import { copy, duplicate, paste, readClip } from './clipboard.js'
import { done, drawn, wires } from './fixture.js'
import { renameReferences } from './references.js'

const shop = () =>
  drawn(
    [
      ['entry', 'entry'],
      ['bought', 'wait', { kind: 'event', event: 'purchase' }],
      ['vip', 'branch', { kind: 'condition', paths: [{ id: 'yes', when: { not: { property: 'total', of: 'tile:bought', op: 'gt', value: 5 } } }] }], // prettier-ignore
      ['mail', 'action', { fields: { subject: 'tiles.bought {{ tiles.bought.total }} {{ tiles["entry"] }}' } }],
      ['done', 'exit'],
    ],
    ['entry>bought', 'bought:met>vip', 'vip:yes>mail', 'mail>done'],
  )

it('copies tiles with the edges between them, and lets copies speak of copies', () => {
  const clip = copy(shop(), { tiles: ['bought', 'vip', 'mail'] })
  const doc = done(paste(shop(), readClip(JSON.stringify(clip))!))
  const [bought, vip, mail] = doc.tiles.slice(5)
  expect(doc.edges.slice(4)).toMatchObject([
    { from: bought!.id, port: 'met', to: vip!.id },
    { from: vip!.id, port: 'yes', to: mail!.id },
  ])
  expect(vip!.config).toMatchObject({ paths: [{ when: { not: { of: `tile:${bought!.id}` } } }] })
  expect(mail!.config).toEqual({ fields: { subject: `tiles.bought {{ tiles.${bought!.id}.total }} {{ tiles["entry"] }}` } })
  expect(bought!.position).toEqual({ x: 32, y: 192 })
})

it('speaks of what was not copied as before', () => {
  const doc = done(duplicate(shop(), { tiles: ['vip'] }))
  expect(doc.tiles[5]!.config).toEqual(shop().tiles[2]!.config)
  expect(wires(doc)).toEqual(wires(shop()))
})

it('leaves the entry out where there is one, and takes it where there is none', () => {
  const clip = copy(shop(), { tiles: ['entry', 'bought'] })
  expect(done(paste(shop(), clip)).tiles.map(({ type }) => type).filter((type) => type === 'entry')).toHaveLength(1) // prettier-ignore
  expect(done(paste(drawn([]), clip, { x: 100, y: 100 })).tiles.map(({ type, position }) => [type, position.y])).toEqual([['entry', 96], ['wait', 256]]) // prettier-ignore
  expect(paste(shop(), copy(shop(), { tiles: ['entry'] }))).toMatchObject({ refused: { code: 'TW101' } })
})

it('copies notes', () => {
  const noted = addNote(shop(), { x: 0, y: 0 }, 'Ask Ada') as { doc: ReturnType<typeof shop>; select: string[] }
  const doc = done(duplicate(noted.doc, { tiles: [], notes: noted.select }))
  expect(doc.notes.map(({ text }) => text)).toEqual(['Ask Ada', 'Ask Ada'])
  expect(doc.notes[0]!.id).not.toBe(doc.notes[1]!.id)
})

it.each([
  ['other text', 'hello "tilework"'],
  ['other JSON', '{"tilework":2,"tiles":[],"edges":[],"notes":[]}'],
  ['a tile of no type', '{"tilework":1,"tiles":[{"id":"a","type":"bomb","config":{},"position":{"x":0,"y":0}}],"edges":[],"notes":[]}'],
  ['a tile without a place', '{"tilework":1,"tiles":[{"id":"a","type":"wait","config":{}}],"edges":[],"notes":[]}'],
])('does not take %s for tiles', (_, text) => expect(readClip(text)).toBeUndefined())

it.each([
  ['{{ tiles.t.x }}', '{{ tiles.new.x }}'],
  ['{{ tiles.tiles }} {{ tiles.t }}', '{{ tiles.tiles }} {{ tiles.new }}'],
  ["{% if tiles['t'].ok %}", "{% if tiles['new'].ok %}"],
  ['{{ tiles.t-2.x }} {{ x.tiles.t }} {{ my_tiles.t }}', '{{ tiles.t-2.x }} {{ x.tiles.t }} {{ my_tiles.t }}'],
  ['tiles.t', 'tiles.t'],
])('renames in %s', (text, expected) => {
  const { body } = renameReferences({ type: 'webhook', config: { body: text } }, new Map([['t', 'new']]))
  expect(body).toBe(expected)
})
