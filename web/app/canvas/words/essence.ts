import type { DocTile } from '../doc/types.js'
import { conditionWords, whereWords } from './condition.js'
import { both, dateWords, either, record, records, spoken, text, valueWords, type Say } from './say.js'
import { daysWords, durationWords, zoneWords } from './time.js'

type Config = Readonly<Record<string, unknown>>

/**
 * What a tile does, in one line of words, such as `Wait until 09:00 on a weekday, customer's time`. A tile that is not filled in says
 * what to fill in.
 */
export function essence({ type, config }: Pick<DocTile, 'type' | 'config'>, say: Say): string {
  return ESSENCE[type](config, say) ?? say.t(`canvas:empty.${type}`)
}

const ESSENCE: Record<DocTile['type'], (config: Config, say: Say) => string | undefined> = {
  entry: entryWords,
  wait: waitWords,
  branch: branchWords,
  action: actionWords,
  updateProfile: changesWords,
  webhook: webhookWords,
  subOrchestration: childWords,
  exit: exitWords,
}

/** What a type of tile is called. */
export const typeWords = (type: DocTile['type'], { t }: Pick<Say, 't'>): string => t(`canvas:type.${type}`)

function entryWords({ triggers }: Config, say: Say): string | undefined {
  const words = records(triggers).flatMap((trigger) => triggerWords(trigger, say) ?? [])
  return words.length === 0 ? undefined : sentence(either(words, say))
}

/** How customers enter: `when signed_up happens with plan is gold`, `by hand or API`. */
export function triggerWords(trigger: Config, say: Say): string | undefined {
  if (trigger.type === 'manual') return say.t('canvas:trigger.manual')
  if (trigger.type === 'event' && text(trigger.event)) {
    return join(' ', say.t('canvas:trigger.event', { event: trigger.event }), trigger.where && whereWords(trigger.where, say))
  }
  const audience = text(trigger.audienceId)
  if (trigger.type !== 'audience' || audience === undefined) return undefined
  return say.t(trigger.includeExisting === true ? 'canvas:trigger.existing' : 'canvas:trigger.audience', {
    audience: say.names.audiences?.get(audience) ?? audience,
  })
}

function waitWords(config: Config, say: Say): string | undefined {
  const until = WAITS[config.kind as string]?.(config, say)
  return until && join(', ', until, zoneWords(config.timezone, say))
}

const WAITS: Record<string, (config: Config, say: Say) => string | undefined> = {
  duration: ({ duration }, say) => text(duration) && say.t('canvas:wait.duration', { duration: durationWords(text(duration)!, say) }),
  time: ({ time, days }, say) => text(time) && join(' ', say.t('canvas:wait.until', { when: time }), daysWords(days, say)),
  date: ({ date }, say) => text(date) && say.t('canvas:wait.until', { when: dateWords(text(date)!, say.locale) }),
  trait({ trait, offset, time }, say) {
    if (!text(trait)) return undefined
    const name = spoken(text(trait)!)
    const shift = text(offset)
    const key = shift?.startsWith('-') ? 'canvas:wait.before' : 'canvas:wait.after'
    const when = shift ? say.t(key, { duration: durationWords(shift, say), trait: name }) : name
    return join(' ', say.t('canvas:wait.until', { when }), text(time) && say.t('canvas:wait.at', { time }))
  },
  event: ({ event, where, timeout }, say) =>
    text(event) && join(', ', join(' ', say.t('canvas:wait.event', { event }), where && whereWords(where, say)), atMost(timeout, say)),
  condition({ when, timeout }, say) {
    const words = conditionWords(when, say)
    return words && join(', ', say.t('canvas:wait.until', { when: words }), atMost(timeout, say))
  },
}

const atMost = (timeout: unknown, say: Say): string | undefined =>
  text(timeout) && say.t('canvas:wait.atMost', { duration: durationWords(text(timeout)!, say) })

function branchWords({ kind, paths, timezone }: Config, say: Say): string | undefined {
  const list = records(paths)
  if (list.length === 0) return undefined
  if (kind === 'percentage') return say.t('canvas:branch.split', { shares: list.map((path) => percent(path.weight, say)).join(' / ') })
  const [only] = list
  const words = kind === 'time' ? join(', ', windowWords(only!, say), zoneWords(timezone, say)) : conditionWords(only!.when, say)
  if (list.length === 1) return words && say.t('canvas:branch.if', { what: words })
  return say.t('canvas:branch.paths', { paths: both(list.map(pathName), say) })
}

const pathName = ({ name, id }: Record<string, unknown>): string => text(name) ?? text(id) ?? '…'
const percent = (weight: unknown, { locale }: Say): string =>
  typeof weight === 'number' ? `${weight.toLocaleString(locale, { maximumFractionDigits: 2 })} %` : '…'

/** When a path by time is taken: `on a weekday from 09:00 to 17:00`. */
export function windowWords({ days, from, to, after, before, sinceEntry }: Config, say: Say): string | undefined {
  const { atLeast, lessThan } = record(sinceEntry)
  const { t } = say
  return join(
    ' ',
    daysWords(days, say),
    text(from) && t('canvas:window.from', { time: from }),
    text(to) && t('canvas:window.to', { time: to }),
    text(after) && t('canvas:window.after', { date: dateWords(text(after)!, say.locale) }),
    text(before) && t('canvas:window.before', { date: dateWords(text(before)!, say.locale) }),
    text(atLeast) && t('canvas:window.atLeast', { duration: durationWords(text(atLeast)!, say) }),
    text(lessThan) && t('canvas:window.lessThan', { duration: durationWords(text(lessThan)!, say) }),
  )
}

function actionWords({ action, destinationId, fields }: Config, say: Say): string | undefined {
  const id = text(destinationId)
  const verb = text(action)
  if (!id && !verb) return undefined
  const { subject, title, body, text: message } = record(fields)
  const what = [subject, title, message, body].map(text).find((value) => value !== undefined)
  const destination = id && (say.names.destinations?.get(id) ?? id)
  const does = verb ? sentence(spoken(verb)) : say.t('canvas:action.send')
  return join(': ', does, join(', ', what && oneLine(what), destination))
}

function changesWords({ changes }: Config, say: Say): string | undefined {
  const words = records(changes).flatMap((change) => changeWords(change, say) ?? [])
  if (words.length === 0) return undefined
  return words.length === 1 ? words[0] : say.t('canvas:change.more', { first: words[0], count: words.length - 1 })
}

function changeWords({ op, trait, value, by }: Config, say: Say): string | undefined {
  if (!text(trait) || typeof op !== 'string') return undefined
  return say.t(`canvas:change.${op}`, { trait: spoken(text(trait)!), value: valueWords(op === 'increment' ? by : value, say) })
}

function webhookWords({ method, url }: Config, { t }: Say): string | undefined {
  if (!text(url)) return undefined
  return t('canvas:webhook.call', { method: text(method) ?? '', url: text(url)!.replace(/^https?:\/\//, '').replace(/[?#].*$/, '') }) // prettier-ignore
}

function childWords({ orchestrationId, mode }: Config, { t, names }: Say): string | undefined {
  const id = text(orchestrationId)
  return id && t(mode === 'continue' ? 'canvas:child.continue' : 'canvas:child.wait', { name: names.orchestrations?.get(id) ?? id })
}

function exitWords({ reason, conversion }: Config, say: Say): string | undefined {
  if (!text(reason)) return undefined
  return say.t(conversion === true ? 'canvas:exit.converted' : 'canvas:exit.leave', { reason: spoken(text(reason)!) })
}

const join = (separator: string, ...words: unknown[]): string | undefined => {
  const said = words.filter((word): word is string => typeof word === 'string' && word !== '')
  return said.length === 0 ? undefined : said.join(separator)
}
const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)
const oneLine = (words: string): string => words.replace(/\s+/g, ' ').trim()
