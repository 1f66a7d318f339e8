import { OPERATORS } from '../model/condition.js'
import type { DraftTile } from './index.js'
import { portsOf } from './ports.js'
import { parseConfig, parseDraft } from './parse.js'
import { settingsSchema } from './settings.js'

/** Every form that the language has: each must be accepted as it stands, with the ports that it has. */

const C = { trait: 'lifetime_value', op: 'gt', value: 500 }
const R = { maxAttempts: 5, initialInterval: 'PT5S', backoff: 2, maxInterval: 'PT10M' }
const NEXT = ['next']
const MET = ['met', 'timeout']

const FORMS: [type: DraftTile['type'], config: Record<string, unknown>, ports: string[]][] = [
  ['entry', { triggers: [{ type: 'audience', audienceId: 'aud_1', includeExisting: true }] }, NEXT],
  ['entry', { triggers: [{ type: 'event', event: 'signed_up' }, { type: 'manual' }] }, NEXT],
  ['entry', { triggers: [{ type: 'event', event: 'ordered', where: C, key: 'properties.order_id' }] }, NEXT],
  ['wait', { kind: 'duration', duration: 'P3D' }, NEXT],
  ['wait', { kind: 'duration', duration: 'PT72H', timezone: 'customer' }, NEXT],
  ['wait', { kind: 'time', time: '09:00' }, NEXT],
  ['wait', { kind: 'time', time: '23:59', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], timezone: 'Asia/Kathmandu' }, NEXT],
  ['wait', { kind: 'date', date: '2026-12-24T09:00' }, NEXT],
  ['wait', { kind: 'date', date: '2026-12-24' }, NEXT],
  ['wait', { kind: 'date', date: '2026-12-24T09:00:00Z' }, NEXT],
  ['wait', { kind: 'date', date: '2026-12-24T09:00:00.5+05:45' }, NEXT],
  ['wait', { kind: 'trait', trait: 'renewal_date' }, NEXT],
  ['wait', { kind: 'trait', trait: 'renewal_date', offset: '-P7D', time: '09:00', timezone: 'customer' }, NEXT],
  ['wait', { kind: 'event', event: 'email_opened' }, MET],
  ['wait', { kind: 'event', event: 'email_opened', where: { property: 'campaign', op: 'eq', value: 'a' }, timeout: 'P3D' }, MET],
  ['wait', { kind: 'condition', when: C, timeout: 'P3D', timezone: 'UTC' }, MET],
  [
    'branch',
    {
      kind: 'condition',
      paths: [
        { id: 'yes', name: 'VIP', when: C },
        { id: 'no', when: C },
      ],
    },
    ['yes', 'no', 'else'],
  ],
  [
    'branch',
    {
      kind: 'percentage',
      paths: [
        { id: 'a', weight: 80 },
        { id: 'b', weight: 20 },
      ],
    },
    ['a', 'b'],
  ],
  ['branch', { kind: 'time', paths: [{ id: 'work', days: ['mon'], from: '09:00', to: '17:00' }] }, ['work', 'else']],
  ['branch', { kind: 'time', timezone: 'customer', paths: [{ id: 'x', after: '2026-12-01T00:00', before: '2027-01-01' }] }, ['x', 'else']],
  ['branch', { kind: 'time', paths: [{ id: 'x', sinceEntry: { atLeast: 'P1D', lessThan: 'P7D' } }] }, ['x', 'else']],
  ['action', { destinationId: 'sandbox', action: 'send_email', fields: { to: 'a', subject: '{{ customer.traits.name }}' } }, NEXT],
  ['action', { destinationId: 'd', action: 'a', fields: {}, retry: R, onFailure: 'park', onAmbiguous: 'park' }, NEXT],
  ['action', { destinationId: 'd', action: 'a', fields: {}, retry: {}, onFailure: 'continue', onAmbiguous: 'continue' }, NEXT],
  ['action', { destinationId: 'd', action: 'a', fields: {}, onFailure: 'exit', onAmbiguous: 'resend' }, NEXT],
  ['action', { destinationId: 'd', action: 'a', fields: {}, onFailure: 'branch' }, ['next', 'failed']],
  [
    'updateProfile',
    {
      changes: [
        { op: 'set', trait: 'a', value: { any: ['json', null, 1] } },
        { op: 'unset', trait: 'b' },
      ],
    },
    NEXT,
  ],
  ['updateProfile', { changes: [{ op: 'increment', trait: 'a', by: -1.5 }] }, NEXT],
  [
    'updateProfile',
    {
      changes: [
        { op: 'append', trait: 'a', value: 'x' },
        { op: 'remove', trait: 'a', value: 'x' },
      ],
    },
    NEXT,
  ],
  ['webhook', { method: 'GET', url: 'http://example.com', headers: {}, onFailure: 'park' }, NEXT],
  [
    'webhook',
    {
      method: 'POST',
      url: 'https://example.com/{{ customer.id }}',
      headers: { Authorization: 'Bearer {{ secrets.token }}' },
      body: '{"a":{{ entry.properties.a | json }}}',
      secretId: 'sec_1',
      sign: true,
      timeout: 'PT10S',
      save: { reward: '/data/reward', first: '/list/0', whole: '' },
      retry: R,
      onFailure: 'branch',
    },
    ['next', 'failed'],
  ],
  ['subOrchestration', { orchestrationId: 'jrn_1', mode: 'wait' }, NEXT],
  ['subOrchestration', { orchestrationId: 'jrn_1', mode: 'continue' }, NEXT],
  ['exit', { reason: 'completed' }, []],
  ['exit', { reason: 'bought', conversion: true }, []],
]

test.each(FORMS)('%s %j', (type, config, ports) => {
  const tile = { id: 'x', type, config }
  expect(parseConfig(tile).issues).toEqual([])
  expect(portsOf(tile)).toEqual(ports)
  expect(parseDraft({ tiles: [tile] })).not.toHaveProperty('errors')
})

const VALUES: Partial<Record<(typeof OPERATORS)[number], unknown>> = {
  in: ['a', 1],
  notIn: ['a'],
  matches: '^a+$',
  before: '2026-12-24T09:00:00Z',
  after: '2026-12-24',
  withinLast: 'P30D',
  withinNext: 'PT1H',
}

describe('conditions', () => {
  const accepted = (when: unknown): void => expect(parseConfig({ type: 'wait', config: { kind: 'condition', when } }).issues).toEqual([])

  test.each([...OPERATORS])('operator %s, of a trait and of a property', (op) => {
    const value = op.endsWith('xists') ? {} : { value: VALUES[op] ?? 'a' }
    accepted({ trait: 'x', op, ...value })
    accepted({ property: 'x', of: 'entry', op, ...value })
    accepted({ property: 'x', of: 'tile:opened-1', op, ...value })
  })

  test.each([
    [{ all: [C, { any: [C] }, { not: C }] }],
    [{ audience: 'aud_1', op: 'in' }],
    [{ audience: 'aud_1', op: 'notIn' }],
    [{ event: 'purchase', op: 'performed' }],
    [{ event: 'purchase', op: 'notPerformed', count: { atLeast: 2 }, within: 'P30D', where: { property: 'total', op: 'gt', value: 1 } }],
  ])('%j', (when) => accepted(when))
})

test.each([
  [{}],
  [{ timezone: 'Europe/Madrid' }],
  [{ reentry: { mode: 'never' } }],
  [{ reentry: { mode: 'afterExit', cooldown: 'P7D' } }],
  [{ reentry: { mode: 'always' } }],
  [
    {
      exitCriteria: [
        { name: 'Left', when: C },
        { name: 'Bought', event: 'purchase', where: C },
        { name: 'Old', after: 'P30D' },
      ],
    },
  ],
  [{ goal: { name: 'Bought', event: 'purchase' } }],
])('settings %j', (settings) => {
  expect(settingsSchema.parse(settings)).toEqual(settings)
})
