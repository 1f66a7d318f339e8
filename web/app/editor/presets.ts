import {
  IconArrowsSplit2, IconBell, IconCalendar, IconClock, IconDoorExit, IconFilter, IconHourglass, IconMail, IconMessage, IconNote, IconPlayerPlay, IconSend,
  IconSitemap, IconSunHigh, IconTargetArrow, IconUserEdit, IconWebhook, type Icon,
} from '@tabler/icons-react' // prettier-ignore
import type { Fresh } from '../canvas/doc/add.js'
import { hueOf, NOTE_HUE } from '../canvas/view/icons.js'

/** Something that the palette offers: a tile with the config that it begins with. */
export interface Preset {
  id: string
  icon: Icon
  group: 'ways' | 'waits' | 'messages' | 'data'
  fresh: Fresh
}

const preset = (id: string, group: Preset['group'], icon: Icon, type: Fresh['type'], config: Record<string, unknown> = {}): Preset => ({
  id,
  group,
  icon,
  fresh: { type, config },
})
const message = (action: string): Record<string, unknown> => ({ action, fields: {} })
const path = (id: string): Record<string, unknown> => ({ id, when: {} })

/** What can be added, in the palette's order; words in editor.json under `preset`. */
export const PRESETS: readonly Preset[] = [
  preset('entry', 'ways', IconPlayerPlay, 'entry', { triggers: [{ type: 'manual' }] }),
  preset('branch', 'ways', IconArrowsSplit2, 'branch', { kind: 'condition', paths: [path('yes')] }),
  preset('split', 'ways', IconFilter, 'branch', { kind: 'percentage', paths: [{ id: 'a', weight: 50 }, { id: 'b', weight: 50 }] }), // prettier-ignore
  preset('hours', 'ways', IconSunHigh, 'branch', { kind: 'time', paths: [{ id: 'work', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }] }), // prettier-ignore
  preset('subOrchestration', 'ways', IconSitemap, 'subOrchestration', { mode: 'wait' }),
  preset('exit', 'ways', IconDoorExit, 'exit', { reason: 'completed' }),
  preset('wait', 'waits', IconHourglass, 'wait', { kind: 'duration', duration: 'P1D' }),
  preset('time', 'waits', IconClock, 'wait', { kind: 'time', time: '09:00' }),
  preset('date', 'waits', IconCalendar, 'wait', { kind: 'trait' }),
  preset('event', 'waits', IconTargetArrow, 'wait', { kind: 'event', timeout: 'P3D' }),
  preset('email', 'messages', IconMail, 'action', message('send_email')),
  preset('sms', 'messages', IconMessage, 'action', message('send_sms')),
  preset('push', 'messages', IconBell, 'action', message('send_push')),
  preset('action', 'messages', IconSend, 'action', { fields: {} }),
  preset('updateProfile', 'data', IconUserEdit, 'updateProfile', { changes: [] }),
  preset('webhook', 'data', IconWebhook, 'webhook', { method: 'POST', url: '' }),
]

/** The note, which is no tile. */
export const NOTE = { id: 'note', group: 'people', icon: IconNote } as const
/** What the palette offers. */
export type Offer = Preset | typeof NOTE
export const OFFERS: readonly Offer[] = [...PRESETS, NOTE]

/** The colour of its icon, CSS. */
export const hueOfOffer = (offer: Offer): string => ('fresh' in offer ? hueOf(offer.fresh.type) : NOTE_HUE)

/** What an open port or an edge can take: no entry; on an edge no exit either. */
export const presetsFor = (place: 'edge' | 'port'): readonly Preset[] =>
  PRESETS.filter(({ fresh }) => fresh.type !== 'entry' && (place === 'port' || fresh.type !== 'exit'))
