import { hushed, quietFor, type Hushed, type QuietHours, type QuietWindow } from '../model/quiet-hours.js'
import type { Channel } from '../model/channels.js'
import type { Db } from '../store/db.js'
import { quietHoursOf } from '../store/quiet-hours.js'

/** A message, and whom it is for: what says whether it is quiet for it. */
export interface Quietly {
  workspaceId: string
  channel: Channel
  /** Of its tile. */
  quietHours?: QuietHours | 'none' | undefined
  /** Of its orchestration. */
  settings: { timezone?: string | undefined; quietHours?: QuietHours | 'none' | undefined }
  traits: Record<string, unknown>
  /** ms */
  now: number
}

/** A message in quiet hours, with what says so. */
export interface Hush extends Hushed {
  reads: Record<string, unknown>
}

/** Whether it is quiet for a message now, by the nearest of tile, orchestration and workspace that says anything. */
export async function quietNow(
  db: Db,
  { workspaceId, channel, quietHours: tile, settings, traits, now }: Quietly,
): Promise<Hush | undefined> {
  const nearer = tile ?? settings.quietHours
  const workspace = nearer === undefined ? await quietHoursOf(db, workspaceId) : undefined
  return judgeQuiet({ channel, tile, orchestration: settings.quietHours, workspace, traits, zone: settings.timezone, now })
}

/** The same of levels that are known. */
export function judgeQuiet({
  channel,
  traits,
  zone,
  now,
  ...levels
}: Parameters<typeof quietFor>[0] & {
  channel: Channel
  traits: Record<string, unknown>
  /** The orchestration's. */
  zone: string | undefined
  /** ms */
  now: number
}): Hush | undefined {
  const quiet = quietFor(levels, channel)
  const hush = quiet && hushed(quiet, now, traits, zone)
  if (!hush) return undefined
  const { level, zone: timezone, until } = hush
  return { ...hush, reads: { level, hours: quiet.windows.map(hoursText), timezone, until: new Date(until).toISOString() } }
}

const hoursText = ({ from, to, days }: QuietWindow): string => `${days ? `${days.join(' ')} ` : ''}${from}–${to}`
