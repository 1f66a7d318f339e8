import type { Say } from '../canvas/words/say.js'
import { durationWords } from '../canvas/words/time.js'

type Reads = Record<string, unknown>

/**
 * Why a limit holds a message back or puts it off: `had 3 emails in 7 days, the most of 'Weekly'`, `quiet hours of the workspace, 22:00–08:00`.
 * Undefined of any other reason.
 */
export function limitWords(reason: string, reads: Reads | undefined, say: Say): string | undefined {
  if (reads && reason === 'quiet_hours') return quietWords(reads, say)
  return reads && reason === 'frequency_cap' ? capWords(reads, say) : undefined
}

function quietWords({ level, hours, timezone }: Reads, { t }: Say): string {
  const windows = Array.isArray(hours) ? hours.join(', ') : String(hours)
  return t('timeline:limit.quiet', { of: t(`timeline:limit.of.${String(level)}`), hours: windows, zone: String(timezone) })
}

function capWords({ cap, had, kept, per, channel, topic }: Reads, say: Say): string {
  const { t } = say
  const count = Number(had)
  const messages =
    typeof topic === 'string'
      ? t('timeline:limit.about', { count, topic })
      : t(`timeline:limit.messages.${String(channel ?? 'any')}`, { count })
  const words = t('timeline:limit.cap', { messages, window: durationWords(String(per), say), cap: String(cap) })
  return typeof kept === 'number' ? `${words}${t('timeline:limit.kept', { count: kept })}` : words
}
