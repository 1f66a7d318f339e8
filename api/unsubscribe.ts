import express, { Router, type Request, type Response } from 'express'
import type { SubscriptionInput, SubscriptionState } from '../store/subscriptions.js'
import { SUBSCRIPTION_STATES } from '../store/subscriptions.js'
import { preferencesOf, sayBy, unsubscriberOf, type Preference, type Preferences, type Unsubscriber } from '../store/unsubscriber.js'
import { linkOf, type Link } from '../sending/unsubscribe.js'
import { wordsFor } from '../web/pages/unsubscribe-words.js'
import { noSuchLinkPage, unsubscribePage, type Subscriptions } from '../web/pages/unsubscribe.js'
import type { ApiDeps } from './deps.js'

/** Largest form, in bytes. */
const LIMIT = 65_536

/**
 * `/unsubscribe/{token}`: the link of a message (RFC 8058). Who has it may unsubscribe and subscribe the customer whom the message was for, without
 * signing in; there is no cookie, and no redirect. GET changes nothing: programs look at links before people do.
 */
export function unsubscribe(deps: ApiDeps): Router {
  const router = Router()
  const open =
    (answer: (found: Found, req: Request, res: Response) => Promise<void>) =>
    async (req: Request<{ token: string }>, res: Response): Promise<void> => {
      // The address is a secret of the customer's: it is in no index, cache or referrer.
      res.setHeader('Cache-Control', 'no-store').setHeader('X-Robots-Tag', 'noindex').setHeader('Referrer-Policy', 'same-origin')
      const link = linkOf(deps.cipher, req.params.token)
      const of = link && (await unsubscriberOf(deps.db, link.key))
      if (link && of) return answer({ link, of }, req as Request, res)
      res
        .status(404)
        .type('html')
        .send(noSuchLinkPage(wordsFor(req.get('accept-language'))))
    }
  router.get(
    '/unsubscribe/:token',
    open(async (found, req, res) => {
      res.type('html').send(unsubscribePage(await shown(deps, found, req)))
    }),
  )
  router.post(
    '/unsubscribe/:token',
    express.raw({ type: () => true, limit: LIMIT }),
    open(async (found, req, res) => {
      const form = await formOf(req)
      const oneClick = form.get('List-Unsubscribe') === 'One-Click'
      const before = await preferencesOf(deps.db, found.of, found.link.channel)
      const changes = oneClick ? [stop(found.link, found.link.topic)] : changesOf(form, found.link, before)
      const changed = await sayBy(deps.db, found.of, oneClick ? 'one_click' : 'page', changes)
      deps.wakeRouter?.()
      res.type('html').send(unsubscribePage({ ...(await shown(deps, found, req)), done: { changed, before: fieldsOf(before) } }))
    }),
  )
  return router
}

interface Found {
  link: Link
  of: Unsubscriber
}

/** The fields of a form, in either of the ways in which they are sent; none when it is no form. */
async function formOf(req: Request): Promise<FormData> {
  const type = req.get('content-type') ?? ''
  const body = Buffer.isBuffer(req.body) ? new Uint8Array(req.body) : new Uint8Array()
  return new Response(body, { headers: { 'content-type': type } }).formData().catch(() => new FormData())
}

const stop = ({ channel }: Link, topic?: string): SubscriptionInput => ({ channel, topic, state: 'unsubscribed' })

/** What a form of the page asks for. */
function changesOf(form: FormData, link: Link, before: Preferences): SubscriptionInput[] {
  switch (form.get('do')) {
    case 'topic':
      return [stop(link, link.topic)]
    case 'channel':
      return [stop(link)]
    case 'save':
      return chosen(form, link, before)
    case 'undo':
      return restored(form, link, before)
    default:
      return []
  }
}

/** The boxes that are not as they were. Only of topics that were on the page. */
function chosen(form: FormData, { channel }: Link, before: Preferences): SubscriptionInput[] {
  const [seen, on] = [new Set(form.getAll('shown')), new Set(form.getAll('topic'))]
  const stateOf = (wanted: boolean): SubscriptionState => (wanted ? 'subscribed' : 'unsubscribed')
  const whole = form.get('channel') === 'on'
  return [
    ...(whole === (before.channel !== 'unsubscribed') ? [] : [{ channel, state: stateOf(whole) }]),
    ...before.topics
      .filter((each) => seen.has(each.id) && on.has(each.id) !== isOn(each))
      .map(({ id }) => ({ channel, topic: id, state: stateOf(on.has(id)) })),
  ]
}

/** What was said before, as the fields of `undo` carry it. */
const fieldsOf = ({ channel, topics }: Preferences): [string, string][] => [
  ['was', channel ?? ''],
  ...topics.map(({ id, said }): [string, string] => [`was:${id}`, said ?? '']),
]

function restored(form: FormData, { channel }: Link, { topics }: Preferences): SubscriptionInput[] {
  const back = (field: string, topic?: string): SubscriptionInput[] => {
    const was = form.get(field)
    if (was === '') return [{ channel, topic, state: null }]
    const state = SUBSCRIPTION_STATES.find((each) => each === was)
    return state ? [{ channel, topic, state }] : []
  }
  return [...back('was'), ...topics.flatMap(({ id }) => back(`was:${id}`, id))]
}

const isOn = ({ said, optIn }: Preference): boolean => (said === null ? !optIn : said === 'subscribed')

async function shown({ db }: ApiDeps, { link, of }: Found, req: Request): Promise<Subscriptions> {
  const preferences = await preferencesOf(db, of, link.channel)
  const topics = preferences.topics.map((each) => ({ ...each, on: isOn(each) }))
  return {
    words: wordsFor(req.get('accept-language')),
    of: of.workspaceName,
    channel: link.channel,
    on: preferences.channel !== 'unsubscribed',
    topics,
    topic: topics.find(({ id }) => id === link.topic),
  }
}
