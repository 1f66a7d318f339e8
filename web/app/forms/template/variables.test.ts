import { docOf } from '../../canvas/doc/read.js'
import type { DraftTile } from '../../../../tiles/index.js'
import { eventsAt, isFound, secretVariables, unseenIn, variablesAt, type Seen } from './variables.js'

const tiles = [
  { id: 'entry', type: 'entry', config: { triggers: [{ type: 'event', event: 'Signed Up' }, { type: 'event', event: 'Invited' }] } },
  { id: 'order', type: 'wait', name: 'Ordered?', config: { kind: 'event', event: 'Ordered' } },
  { id: 'hook', type: 'webhook', config: { save: { reward: '/data', 'its code': '/code' } } },
  { id: 'mail', type: 'action', config: {} },
  { id: 'later', type: 'wait', config: { kind: 'event', event: 'Paid' } },
] as unknown as DraftTile[] // prettier-ignore
const chain = ['entry', 'order', 'hook', 'mail', 'later']
const edges = chain.slice(1).map((to, index) => ({ from: chain[index]!, port: 'next', to }))
const docWith = (all: DraftTile[]) => docOf({ name: 'Welcome', description: '', tiles: all, edges, settings: {} })
const doc = docWith(tiles)

const came = (name: string, types: string[] = [], samples: unknown[] = []): Seen => ({ name, types, samples })
const SEEN = {
  traits: [
    came('plan', ['number', 'string'], [3, 'gold']),
    came('first name', ['string']),
    came('a.b', ['boolean'], [false]),
    came('address', ['object']),
    came('address.city', ['string'], ['Oslo']),
  ],
  properties: new Map([
    ['Signed Up', [came('source', ['string'], ['ad'])]],
    ['Invited', [came('source', ['number']), came('by')]],
    ['Ordered', [came('total', ['number'], [12])]],
    ['Paid', [came('never')]],
  ]),
}

test('what a tile can read: names that came in, and what tiles before it kept', () => {
  expect(variablesAt(doc, 'mail', SEEN).map(({ path, type, sample, of }) => [path, type, sample, of].filter(Boolean).join(' '))).toEqual([
    'customer.id string',
    'customer.traits.plan number 3',
    'customer.traits["first name"] string',
    'customer.traits["a.b"] boolean false',
    'customer.traits.address object',
    'customer.traits.address.city string Oslo',
    'entry.event string Signed Up, Invited',
    'entry.properties.source string ad',
    'entry.properties.by',
    'tiles.order.event string Ordered Ordered?',
    'tiles.order.properties object Ordered?',
    'tiles.order.properties.total number 12 Ordered?',
    'tiles.hook.reward /data hook',
    'tiles.hook["its code"] /code hook',
    'orchestration.name string Welcome',
    'orchestration.id string',
    'orchestration.version number',
    'member.id string',
    'member.enteredAt date',
    'message.locale string',
    'message.dir string',
    'message.channel string',
    'message.tile string',
    'unsubscribeUrl string',
  ])
  expect(variablesAt(doc, 'order', SEEN).filter(({ group }) => group === 'tiles')).toEqual([])
  expect(eventsAt(doc, 'mail')).toEqual(['Signed Up', 'Invited', 'Ordered'])
})

test('nothing is offered of an entry without an event', () => {
  const byHand = docWith(tiles.map((tile) => (tile.id === 'entry' ? { ...tile, config: { triggers: [{ type: 'manual' }] } } : tile)))
  expect(variablesAt(byHand, 'mail', SEEN).filter(({ group }) => group === 'entry')).toEqual([])
})

test('names that nobody ever had are told, with what is near', () => {
  const variables = variablesAt(doc, 'mail', SEEN)
  const told = (template: string): string[] =>
    unseenIn(template, variables).map(({ from, to, name, near }) => `${template.slice(from, to)}: ${name}, ${near}`)
  expect(told('{{ customer.traits.plna }} {{ customer.traits.plan }}')).toEqual(['customer.traits.plna: plna, plan'])
  expect(told('{{ customer.traits["first name"] }}{{ customer.traits["a.b"] }}{{ customer.traits.address.zip }}')).toEqual([])
  expect(told('{% if tiles.order.properties.totl > 1 %}{% endif %}')).toEqual(['tiles.order.properties.totl: totl, total'])
  expect(told('{{ entry.properties.colour }}')).toEqual(['entry.properties.colour: colour, undefined'])
  // What is unknown for other reasons is said by validation; where nothing came in, nothing is known.
  expect(told('{{ customer.nme }} {{ tiles.hook.x }} {{ tiles.other.properties.x }} {{ "customer.traits.x" }}')).toEqual([])
  const many = variablesAt(doc, 'mail', { ...SEEN, traits: Array.from({ length: 500 }, (_, index) => came(`t${index}`)) })
  expect(unseenIn('{{ customer.traits.plan }}', many)).toEqual([])
})

test('secrets are read by name', () => {
  expect(secretVariables(['crm', 'its key']).map(({ path }) => path)).toEqual(['secrets.crm', 'secrets["its key"]'])
})

test.each([
  ['crm', false],
  ['customerid', false],
  ['first', true],
  ['Name first', true],
  ['traits.first', true],
  ['ordered name', true],
  ['', true],
])('%j finds it: %p', (search, found) => expect(isFound(['customer.traits["first name"]', 'Ordered?'], search)).toBe(found))
