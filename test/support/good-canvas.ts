import type { DraftCanvas, DraftTile, Edge } from '../../tiles/index.js'
import type { Lookups } from '../../tiles/validate.js'

/** A canvas without faults that has all eight tiles; a fresh one each time, to be spoilt. */
export function goodCanvas(): DraftCanvas {
  const tile = (id: string, type: DraftTile['type'], config: Record<string, unknown>): DraftTile => ({ id, type, config })
  const edge = (from: string, to: string, port = 'next'): Edge => ({ id: `${from}-${port}`, from, port, to })
  return {
    tiles: [
      tile('entry', 'entry', { triggers: [{ type: 'event', event: 'signed_up' }, { type: 'manual' }] }),
      tile('pause', 'wait', { kind: 'duration', duration: 'P1D' }),
      tile('bought', 'wait', { kind: 'event', event: 'purchase', timeout: 'P3D' }),
      tile('vip', 'branch', {
        kind: 'condition',
        paths: [{ id: 'yes', when: { property: 'total', of: 'tile:bought', op: 'gt', value: 100 } }],
      }),
      tile('reward', 'webhook', { method: 'POST', url: 'https://example.com/reward', save: { code: '/data/code' }, onFailure: 'branch' }),
      tile('mail', 'action', {
        destinationId: 'dst_1',
        action: 'send_email',
        fields: { to: '{{ customer.traits.email }}', subject: 'Your code is {{ tiles.reward.code | default: "on its way" }}' },
      }),
      tile('mark', 'updateProfile', { changes: [{ op: 'set', trait: 'welcomed', value: true }] }),
      tile('more', 'subOrchestration', { orchestrationId: 'jrn_other', mode: 'wait' }),
      tile('end', 'exit', { reason: 'completed', conversion: true }),
    ],
    edges: [
      edge('entry', 'pause'),
      edge('pause', 'bought'),
      edge('bought', 'vip', 'met'),
      edge('bought', 'mark', 'timeout'),
      edge('vip', 'reward', 'yes'),
      edge('vip', 'mark', 'else'),
      edge('reward', 'mail'),
      edge('reward', 'mark', 'failed'),
      edge('mail', 'mark'),
      edge('mark', 'more'),
      edge('more', 'end'),
    ],
    settings: { timezone: 'Europe/Madrid' },
  }
}

/** What goodCanvas names, and no more. */
export const goodLookups = (): Lookups => ({
  destinations: new Map([
    [
      'dst_1',
      { type: 'smtp', actions: { send_email: { known: ['to', 'subject', 'text'], required: ['to', 'subject'], channel: 'email' } } },
    ],
  ]),
  audiences: new Set(['aud_1']),
  journeys: new Map([
    ['jrn_self', { name: 'This one', status: 'draft', children: ['jrn_other'] }],
    ['jrn_other', { name: 'The other', status: 'active', children: [] }],
  ]),
  secrets: new Map([['sec_1', 'crm']]),
  templates: new Map(),
  topics: new Set(['top_1']),
  selfId: 'jrn_self',
  eventMonths: 13,
})
