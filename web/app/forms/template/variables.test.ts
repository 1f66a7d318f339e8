import { docOf } from '../../canvas/doc/read.js'
import type { DraftTile } from '../../../../tiles/index.js'
import { inserted, variablesAt } from './variables.js'

const tiles = [
  { id: 'entry', type: 'entry', config: { triggers: [{ type: 'event', event: 'Signed Up' }] } },
  { id: 'order', type: 'wait', config: { kind: 'event', event: 'Ordered' } },
  { id: 'hook', type: 'webhook', config: { save: { reward: '/data', 'its code': '/code' } } },
  { id: 'mail', type: 'action', config: {} },
  { id: 'later', type: 'wait', config: { kind: 'event', event: 'Paid' } },
] as unknown as DraftTile[]
const chain = ['entry', 'order', 'hook', 'mail', 'later']
const edges = chain.slice(1).map((to, index) => ({ from: chain[index]!, port: 'next', to }))
const doc = docOf({ name: 'x', description: '', tiles, edges, settings: {} })

const came = (name: string, types: string[] = [], samples: unknown[] = []) => ({ name, types, samples })

test('what a tile can read: names that came in, and what tiles before it kept', () => {
  const variables = variablesAt(doc, 'mail', {
    traits: [came('plan', ['number', 'string'], [3, 'gold']), came('first name', ['string'], [])],
    entryProperties: [came('source')],
  })
  expect(variables.map(({ path }) => path)).toEqual([
    'customer.id',
    'customer.traits.plan',
    'customer.traits["first name"]',
    'entry.event',
    'entry.properties.source',
    'tiles.order.event',
    'tiles.order.properties',
    'tiles.hook.reward',
    'tiles.hook["its code"]',
    'orchestration.name',
    'orchestration.id',
    'orchestration.version',
    'member.id',
    'member.enteredAt',
  ])
  expect(variables.slice(1, 3).map(({ hint }) => hint)).toEqual(['number · 3', 'string'])
  expect(variables.filter(({ hint }) => hint !== undefined)).toHaveLength(2)
  expect(variablesAt(doc, 'order', { traits: [], entryProperties: [] }).filter(({ group }) => group === 'tiles')).toEqual([])
})

test('a piece goes where the cursor is, in place of what is selected', () => {
  expect(inserted('Hello NAME!', [6, 10], '{{ customer.id }}')).toEqual({ template: 'Hello {{ customer.id }}!', at: 23 })
  expect(inserted('', [0, 0], '{{ member.id }}')).toEqual({ template: '{{ member.id }}', at: 15 })
})
