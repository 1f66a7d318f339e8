import { readFileSync } from 'node:fs'
import i18next from 'i18next'
import type { DocTile } from '../doc/types.js'
import { essence } from './essence.js'
import { portWords } from './ports.js'
import { refusalWords } from './refusal.js'
import type { Say } from './say.js'

const i18n = i18next.createInstance()
await i18n.init({
  lng: 'en',
  resources: { en: { canvas: JSON.parse(readFileSync('web/app/i18n/en/canvas.json', 'utf8')) as Record<string, string> } },
  interpolation: { escapeValue: false },
})
const say: Say = {
  t: (key, values) => {
    if (!i18n.exists(key, values)) throw new Error(`There is no sentence ${key}.`)
    return i18n.t(key, values ?? {})
  },
  locale: 'en',
  names: {
    destinations: new Map([['sandbox', 'Sandbox']]),
    audiences: new Map([['aud_1', 'VIP']]),
    orchestrations: new Map([['jrn_1', 'Welcome']]),
    tiles: new Map([['bought', 'Bought something']]),
  },
}

type Case = [words: string, type: DocTile['type'], config: Record<string, unknown>]
const when = (condition: unknown) => ({ kind: 'condition', paths: [{ id: 'yes', when: condition }] })
const days = ['mon', 'tue', 'wed', 'thu', 'fri']
const CASES: Case[] = [
  ['Choose how customers enter', 'entry', {}],
  ['By hand or API', 'entry', { triggers: [{ type: 'manual' }] }],
  ['When signed_up happens with plan is gold or by hand or API', 'entry', { triggers: [{ type: 'event', event: 'signed_up', where: { property: 'plan', op: 'eq', value: 'gold' } }, { type: 'manual' }] }], // prettier-ignore
  ['All in VIP, and on joining it', 'entry', { triggers: [{ type: 'audience', audienceId: 'aud_1', includeExisting: true }] }],
  ['On joining aud_9', 'entry', { triggers: [{ type: 'audience', audienceId: 'aud_9', includeExisting: false }] }],
  ['Choose what to wait for', 'wait', { kind: 'duration' }],
  ['Wait 3 days', 'wait', { kind: 'duration', duration: 'P3D' }],
  ['Wait 1 month 1 day 2 hours 30 minutes', 'wait', { kind: 'duration', duration: 'P1M1DT2H30M' }],
  ["Wait until 09:00 on a weekday, customer's time", 'wait', { kind: 'time', time: '09:00', days, timezone: 'customer' }],
  ['Wait until 09:00 on Mon and Sun, America/New York time', 'wait', { kind: 'time', time: '09:00', days: ['sun', 'mon'], timezone: 'America/New_York' }], // prettier-ignore
  ['Wait until Dec 24, 2026, 09:00', 'wait', { kind: 'date', date: '2026-12-24T09:00' }],
  ['Wait until Dec 24, 2026 09:00 UTC', 'wait', { kind: 'date', date: '2026-12-24T09:00:00Z' }],
  ['Wait until 7 days before renewal date at 09:00', 'wait', { kind: 'trait', trait: 'renewal_date', offset: '-P7D', time: '09:00' }],
  ['Wait until 2 hours after trial end', 'wait', { kind: 'trait', trait: 'trialEnd', offset: 'PT2H' }],
  ['Wait for email_opened, at most 3 days', 'wait', { kind: 'event', event: 'email_opened', timeout: 'P3D' }],
  ['Wait until lifetime value > 500', 'wait', { kind: 'condition', when: { trait: 'lifetime_value', op: 'gt', value: 500 } }],
  ['Say which way members go', 'branch', { kind: 'condition', paths: [] }],
  ['Say which way members go', 'branch', when({})],
  ['If lifetime value > 1,500', 'branch', when({ trait: 'lifetime_value', op: 'gt', value: 1500 })],
  ['If in VIP and (plan is gold or silver or not did purchase)', 'branch', when({ all: [{ audience: 'aud_1', op: 'in' }, { any: [{ trait: 'plan', op: 'in', value: ['gold', 'silver'] }, { not: { event: 'purchase', op: 'performed' } }] }] })], // prettier-ignore
  ['If total of Bought something is not known', 'branch', when({ property: 'total', of: 'tile:bought', op: 'notExists' })],
  ['If did purchase 3 times or more in the last 30 days with total ≥ 50', 'branch', when({ event: 'purchase', op: 'performed', count: { atLeast: 3 }, within: 'P30D', where: { property: 'total', op: 'gte', value: 50 } })], // prettier-ignore
  ['If born is in the next 7 days', 'branch', when({ trait: 'born', op: 'withinNext', value: 'P7D' })],
  ['Split 80 % / 20 %', 'branch', { kind: 'percentage', paths: [{ id: 'a', weight: 80 }, { id: 'b', weight: 20 }] }], // prettier-ignore
  ['First that holds of Gold and silver', 'branch', { kind: 'condition', paths: [{ id: 'gold', name: 'Gold', when: {} }, { id: 'silver', when: {} }] }], // prettier-ignore
  ['If on a weekday from 09:00 to 17:00, UTC time', 'branch', { kind: 'time', timezone: 'UTC', paths: [{ id: 'work', days, from: '09:00', to: '17:00' }] }], // prettier-ignore
  ['If 1 day or more after entry', 'branch', { kind: 'time', paths: [{ id: 'work', sinceEntry: { atLeast: 'P1D' } }] }],
  ['Choose what to send', 'action', { fields: {} }],
  ['Send email: Welcome, Sandbox', 'action', { destinationId: 'sandbox', action: 'send_email', fields: { subject: 'Welcome' } }],
  ['Send sms: dst_7', 'action', { destinationId: 'dst_7', action: 'send_sms' }],
  ['Set plan to gold and 1 more', 'updateProfile', { changes: [{ op: 'set', trait: 'plan', value: 'gold' }, { op: 'unset', trait: 'x' }] }], // prettier-ignore
  ['Add 1 to visits', 'updateProfile', { changes: [{ op: 'increment', trait: 'visits', by: 1 }] }],
  ['POST example.com/reward', 'webhook', { method: 'POST', url: 'https://example.com/reward?key=secret' }],
  ['Enter Welcome and wait for its exit', 'subOrchestration', { orchestrationId: 'jrn_1', mode: 'wait' }],
  ['Leave: completed, converted', 'exit', { reason: 'completed', conversion: true }],
]

it.each(CASES)('%s', (words, type, config) => expect(essence({ type, config }, say)).toBe(words))

it.each([
  ['80 %', 'branch', { kind: 'percentage', paths: [{ id: 'a', weight: 80 }] }, 'a'],
  ['Gold 80 %', 'branch', { kind: 'percentage', paths: [{ id: 'a', name: 'Gold', weight: 80 }] }, 'a'],
  ['yes', 'branch', when({}), 'yes'],
  ['else', 'branch', when({}), 'else'],
  ['timed out', 'wait', { kind: 'event' }, 'timeout'],
  ['happened', 'wait', { kind: 'event' }, 'met'],
  ['holds', 'wait', { kind: 'condition' }, 'met'],
  ['', 'wait', { kind: 'duration' }, 'next'],
  ['done', 'action', { onFailure: 'branch' }, 'next'],
  ['failed', 'action', { onFailure: 'branch' }, 'failed'],
] as const)('calls a port %j', (words, type, config, port) => expect(portWords({ type, config }, port, say)).toBe(words))

it('has a sentence for every refusal', () => {
  for (const code of ['TW101', 'TW105', 'TW106', 'TW107', 'TW110', 'TW113', 'full', 'endsHere', 'connected'] as const)
    expect(refusalWords({ code, values: { tile: 'a', port: 'b', ports: 'c', from: 'd', most: 1 } }, say)).not.toMatch(/\{\{|refused/)
})

it('stands whatever a draft holds', () => {
  for (const type of ['entry', 'wait', 'branch', 'action', 'updateProfile', 'webhook', 'subOrchestration', 'exit'] as const)
    for (const junk of [null, 7, 'x', [], [null], {}, [{}], [[]]])
      for (const key of ['kind', 'paths', 'triggers', 'changes', 'fields', 'duration', 'when', 'url', 'reason'])
        for (const kind of ['duration', 'trait', 'event', 'condition', 'percentage', 'time'])
          expect(typeof essence({ type, config: { kind, event: 'e', when: junk, [key]: junk } }, say)).toBe('string')
})
