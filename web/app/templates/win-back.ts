import { edges, email, tile, type Template } from './build.js'

/** Writes to customers whom nothing was heard of, with two offers side by side; the better one can be kept. */
export const winBack: Template = {
  id: 'win-back',
  tiles: [
    tile('entry', 'entry', 'Has gone quiet', [0, 0], { triggers: [{ type: 'event', event: 'Became Inactive' }, { type: 'manual' }] }),
    tile('value', 'branch', 'Bought before?', [0, 1], {
      kind: 'condition',
      paths: [{ id: 'bought', name: 'Bought before', when: { event: 'Order Completed', op: 'performed', within: 'P365D' } }],
    }),
    tile('offer', 'branch', 'Which offer', [0, 2], {
      kind: 'percentage',
      paths: [
        { id: 'percent', name: '15 % off', weight: 50 },
        { id: 'shipping', name: 'Free delivery', weight: 50 },
      ],
    }),
    email(
      'percent',
      '15 % off',
      [0, 3],
      'We miss you: 15 % off',
      'Hi {{ customer.traits.firstName | default: "there" }},\n\nYour next order is 15 % off with the code BACK15, for two weeks.',
    ),
    email(
      'shipping',
      'Free delivery',
      [1, 3],
      'We miss you: delivery is on us',
      'Hi {{ customer.traits.firstName | default: "there" }},\n\nYour next order ships free with the code BACKFREE, for two weeks.',
    ),
    email(
      'news',
      'What is new',
      [2, 2],
      'What has changed since you were here',
      'Hi {{ customer.traits.firstName | default: "there" }},\n\nA short look at what is new.',
    ),
    tile('back', 'wait', 'Until they are back', [1, 4], { kind: 'event', event: 'Session Started', timeout: 'P14D' }),
    tile('mark', 'updateProfile', 'Note that they are gone', [2, 5], { changes: [{ op: 'set', trait: 'lifecycle', value: 'lapsed' }] }),
    tile('returned', 'exit', 'Came back', [1, 6], { reason: 'came back', conversion: true }),
    tile('gone', 'exit', 'Stayed away', [2, 6], { reason: 'stayed away' }),
  ],
  edges: edges(
    'entry > value',
    'value.bought > offer',
    'value.else > news',
    'offer.percent > percent',
    'offer.shipping > shipping',
    'percent > back',
    'shipping > back',
    'news > back',
    'back.met > returned',
    'back.timeout > mark',
    'mark > gone',
  ),
  settings: { timezone: 'UTC', reentry: { mode: 'afterExit', cooldown: 'P90D' }, goal: { name: 'bought', event: 'Order Completed' } },
}
