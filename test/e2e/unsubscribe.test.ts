import { tokenOf } from '../../store/tokens.js'
import { createCipher } from '../../store/cipher.js'
import { mergeTraits } from '../../store/customers.js'
import { createDestination } from '../../store/destinations.js'
import { listSubscriptions } from '../../store/subscriptions.js'
import { memberTimeline } from '../../store/timeline.js'
import { createTopic } from '../../store/topics.js'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
import { startMailbox, type Mail, type Mailbox } from '../support/mailbox.js'
import { WORKSPACE } from '../support/rig.js'
import { startServer, type RunningServer } from '../support/server.js'

/* Unsubscribing by the link of a mail that a real SMTP server took (RFC 8058). */

const cipher = createCipher('a key for tests, thirty-two characters')
let server: RunningServer
let mailbox: Mailbox
let destinationId: string
let news: string
beforeAll(async () => {
  mailbox = await startMailbox()
  server = await startServer()
  const config = { host: '127.0.0.1', port: mailbox.port, secure: false, from: 'Shop <shop@example.com>' }
  destinationId = (await createDestination(server.db, cipher, WORKSPACE, { name: 'Relay', type: 'smtp', config })).id
  news = (await createTopic(server.db, WORKSPACE, { name: 'News', description: 'Once a week.', optIn: false })).id
}, 60_000)
afterAll(async () => {
  await server?.stop()
  await mailbox?.stop()
})
beforeEach(() => void mailbox.mails.splice(0))

let count = 0
const somebody = async (): Promise<string> => {
  const id = `u${count++}`
  await mergeTraits(server.db, WORKSPACE, id, { email: `${id}@example.com` })
  return id
}
const mail = (more: Record<string, unknown> = {}, id = 'mail') =>
  send(id, '', {
    destinationId,
    fields: {
      to: '{{ customer.traits.email }}',
      subject: 'Hi',
      text: 'Stop: {{ unsubscribeUrl }}',
      html: '<a href="{{ unsubscribeUrl }}">Stop</a>',
    },
    ...more,
  })

async function walk(customerId: string, ...tiles: Parameters<typeof row>[0]): Promise<string> {
  const journeyId = await server.launch(row([entry(), ...tiles, exit()]))
  const memberId = await server.enter({ journeyId, customerId })
  expect(await server.finished(memberId)).toBe('completed')
  return memberId
}

/** The link that a mail program would post to, at this server. */
function linkIn({ headers }: Mail): string {
  expect(headers.get('list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click'])
  const [value, ...more] = headers.get('list-unsubscribe')!
  expect(more).toEqual([])
  const [, link] = /^<(https:\/\/tilework\.example\/unsubscribe\/[\w.-]+)>$/.exec(value!)!
  return link!.replace('https://tilework.example', server.url)
}
const said = async (id: string) =>
  (await listSubscriptions(server.db, WORKSPACE, id)).map(({ channel, topic, state, via }) => [channel, topic, state, via])
const oneClick = (url: string, body: URLSearchParams | FormData = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })) =>
  fetch(url, { method: 'POST', body, redirect: 'manual' })
const post = async (url: string, form: [string, string][]) => {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  expect(answer.status).toBe(200)
  return answer.text()
}
const eventsOf = (id: string) =>
  server.db.query<{ event: string; properties: object }>('select event, properties from event where customer_id = $1 order by id', [id])

test('the header of a mail leads to an unsubscription at once, without signing in, redirect or cookie; looking at it does nothing', async () => {
  const id = await somebody()
  const memberId = await walk(id, mail({ topic: news }))
  const [first] = mailbox.mails
  const link = linkIn(first!)
  expect(first!.body).toContain(`Stop: ${link.replace(server.url, 'https://tilework.example')}`)
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET']) {
    const seen = await fetch(link, { method, redirect: 'manual' })
    expect([method, seen.status, seen.headers.get('set-cookie')]).toEqual([method, method === 'OPTIONS' ? seen.status : 200, null])
    if (method === 'GET') expect(await seen.text()).toContain('News')
  }
  expect(await said(id)).toEqual([])
  const answer = await oneClick(link)
  expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie'), answer.headers.get('cache-control')]).toEqual([200, null, null, 'no-store']) // prettier-ignore
  expect(await said(id)).toEqual([['email', news, 'unsubscribed', 'one_click']])
  expect((await oneClick(link)).status).toBe(200)
  expect((await eventsOf(id)).filter(({ event }) => event === 'email_unsubscribed')).toEqual([
    {
      event: 'email_unsubscribed',
      properties: {
        deliveryKey: `${memberId}:mail:1`,
        memberId,
        orchestrationId: expect.stringMatching(/^jrn_/) as unknown,
        tileId: 'mail',
        destinationId,
        messageId: first!.headers.get('message-id')![0],
        topic: news,
      },
    },
  ])
  await walk(id, mail({ topic: news }, 'about'), mail({}, 'plain'))
  expect(mailbox.mails).toHaveLength(2)
}, 60_000)

test('a form of several parts is taken as well; without a topic it is about all emails, and the transactional still arrive, without the headers', async () => {
  const id = await somebody()
  await walk(id, mail())
  const form = new FormData()
  form.append('List-Unsubscribe', 'One-Click')
  expect((await oneClick(linkIn(mailbox.mails[0]!), form)).status).toBe(200)
  expect(await said(id)).toEqual([['email', null, 'unsubscribed', 'one_click']])
  await walk(id, mail({}, 'plain'), mail({ transactional: true }, 'receipt'))
  expect(mailbox.mails).toHaveLength(2)
  expect([...mailbox.mails[1]!.headers.keys()].filter((name) => name.startsWith('list-'))).toEqual([])
}, 60_000)

test('a retry under the same key has the same link', async () => {
  const id = await somebody()
  const memberId = await walk(id, mail({ topic: news }))
  const link = linkIn(mailbox.mails[0]!)
  expect(link).toBe(`${server.url}/unsubscribe/${tokenOf(cipher, 'unsubscribe', `${memberId}:mail:1 email ${news}`)}`)
}, 60_000)

test('links that nobody of us made, or for another purpose, or about nothing, are told so and do nothing', async () => {
  const id = await somebody()
  const memberId = await walk(id, mail())
  const text = `${memberId}:mail:1 email `
  const good = tokenOf(cipher, 'unsubscribe', text)
  const tokens = [
    'abc',
    'sample',
    good.slice(0, -1),
    `${good}.x`,
    tokenOf(cipher, 'click', text),
    tokenOf(createCipher('another key for tests, thirty-two characters'), 'unsubscribe', text),
    `${Buffer.from(`${memberId}:mail:1 sms `).toString('base64url')}.${good.split('.')[1]}`,
    tokenOf(cipher, 'unsubscribe', 'mem_none:mail:1 email '),
    tokenOf(cipher, 'unsubscribe', ''),
  ]
  for (const token of tokens)
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${server.url}/unsubscribe/${token}`, {
        method,
        ...(method === 'POST' && { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }),
      })
      expect([token, method, answer.status]).toEqual([token, method, 404])
      expect(await answer.text()).toContain('This link does not work')
    }
  expect(await said(id)).toEqual([])
}, 60_000)

test('the page: this topic, all emails, each topic by itself, and back', async () => {
  const id = await somebody()
  const offers = (await createTopic(server.db, WORKSPACE, { name: 'Offers <b>', description: 'Now & then', optIn: true })).id
  await walk(id, mail({ topic: news }))
  const link = linkIn(mailbox.mails[0]!)
  const page = await (await fetch(link)).text()
  expect(page).toContain('Offers &lt;b&gt;')
  expect(page).not.toMatch(/<script|style=|onclick|http-equiv/)
  expect(await post(link, [['do', 'topic']])).toContain('Saved')
  expect(await said(id)).toEqual([['email', news, 'unsubscribed', 'page']])
  expect(await post(link, [['do', 'undo'], ['was', ''], [`was:${news}`, ''], [`was:${offers}`, '']])).toContain('Saved') // prettier-ignore
  expect(await said(id)).toEqual([])
  await post(link, [['do', 'channel']])
  expect(await said(id)).toEqual([['email', null, 'unsubscribed', 'page']])
  const all = [['do', 'save'], ['shown', news], ['shown', offers]] as [string, string][] // prettier-ignore
  expect(await post(link, [...all, ['topic', news]])).toContain('like this already')
  await post(link, [...all, ['channel', 'on'], ['topic', offers]])
  expect(await said(id)).toEqual([
    ['email', null, 'subscribed', 'page'],
    ['email', news, 'unsubscribed', 'page'],
    ['email', offers, 'subscribed', 'page'],
  ])
  // Neither a topic that was not on the page nor nonsense changes anything.
  await post(link, [['do', 'save'], ['channel', 'on']]) // prettier-ignore
  await post(link, [['do', 'what'], ['was', 'x']]) // prettier-ignore
  await post(link, [['do', 'undo'], ['was', 'x'], ['was:top_none', 'subscribed']]) // prettier-ignore
  expect(await said(id)).toHaveLength(3)
  expect((await said(id))[0]![2]).toBe('subscribed')
}, 60_000)

test('speaks the language of who asks, where it has it', async () => {
  await walk(await somebody(), mail({ topic: news }))
  const link = linkIn(mailbox.mails[0]!)
  const headingIn = async (language: string) =>
    /<h1>(.*?)<\/h1>/.exec(await (await fetch(link, { headers: { 'accept-language': language } })).text())?.[1]
  expect(await headingIn('es-ES,es;q=0.9,en;q=0.8')).toBe('Tus suscripciones')
  expect(await headingIn('fi, en;q=0.8, es;q=0.9')).toBe('Tus suscripciones')
  expect(await headingIn('fi')).toBe('Your subscriptions')
}, 60_000)

test('who unsubscribes leaves by an exit criterion, and the link works when the customer was merged into another', async () => {
  const [visitor, known] = [await somebody(), await somebody()]
  const journeyId = await server.launch(
    row([entry(), mail(), wait('long', { kind: 'duration', duration: 'P30D' }), exit()], [], {
      exitCriteria: [{ name: 'unsubscribed', event: 'email_unsubscribed' }],
    }),
  )
  const memberId = await server.enter({ journeyId, customerId: visitor })
  await eventually(
    () => Promise.resolve(mailbox.mails),
    (mails) => mails.length === 1,
  )
  await server.db.query('select tw_merge_customers($1, $2, $3, $4, 1)::text as merged', [WORKSPACE, visitor, known, 'alias'])
  await oneClick(linkIn(mailbox.mails[0]!))
  expect(await said(known)).toEqual([['email', null, 'unsubscribed', 'one_click']])
  expect(await server.finished(memberId)).toBe('unsubscribed')
  const { data } = await memberTimeline(server.db, WORKSPACE, memberId, {})
  expect(data.at(-1)).toMatchObject({ event: 'exited', reason: 'unsubscribed' })
}, 60_000)

test('of a customer who is gone nothing is kept or made', async () => {
  const id = await somebody()
  await walk(id, mail())
  await server.db.query('delete from customer where id = $1', [id])
  expect((await oneClick(linkIn(mailbox.mails[0]!))).status).toBe(404)
  expect(await server.db.one('select 1 as one from customer where id = $1', [id])).toBeUndefined()
}, 60_000)
