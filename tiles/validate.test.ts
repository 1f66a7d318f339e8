import { goodCanvas, goodLookups } from '../test/support/good-canvas.js'
import {
  add,
  branchOn,
  config,
  edge,
  loopOver,
  partials,
  remove,
  replace,
  tileOf,
  using,
  withField,
  type Case,
  type Spoil,
} from '../test/support/spoil.js'
import type { DraftCanvas } from './index.js'
import { parseDraft } from './parse.js'
import { PROBLEMS, validate, WARNINGS, type Lookups, type Problem, type ProblemCode } from './validate.js'

const CASES: Record<ProblemCode, Case[]> = {
  TW101: [
    { spoil: (canvas) => remove(canvas, 'entry'), says: /no entry; add one/ },
    {
      spoil: (canvas) =>
        add(canvas, { id: 'second', type: 'entry', config: { triggers: [{ type: 'manual' }] } }, ['second', 'next', 'pause']),
      tileId: 'second',
      says: /second entry; keep one/,
    },
  ],
  TW102: [{ spoil: (canvas) => remove(canvas, 'end'), says: /no exit; add one/ }],
  TW103: [{ spoil: (canvas) => canvas.tiles.push({ ...tileOf(canvas, 'mark') }), tileId: 'mark', says: /Two tiles have the id 'mark'/ }],
  TW104: [
    { spoil: (canvas) => (edge(canvas, 'more-next').id = 'mark-next'), edgeId: 'mark-next', says: /Two edges have the id 'mark-next'/ },
  ],
  TW105: [
    { spoil: (canvas) => (edge(canvas, 'more-next').to = 'nowhere'), edgeId: 'more-next', says: /'nowhere', which does not exist/ },
    {
      spoil: (canvas) => canvas.edges.push({ id: 'x', from: 'ghost', port: 'next', to: 'end' }),
      edgeId: 'x',
      says: /'ghost', which does not exist/,
    },
  ],
  TW106: [{ spoil: (canvas) => (edge(canvas, 'vip-else').to = 'entry'), edgeId: 'vip-else', says: /leads into the entry/ }],
  TW107: [
    {
      spoil: (canvas) => canvas.edges.push({ id: 'x', from: 'end', port: 'next', to: 'mark' }),
      edgeId: 'x',
      says: /out of the exit 'end'/,
    },
  ],
  TW108: [
    {
      spoil: (canvas) => (canvas.edges = canvas.edges.filter(({ id }) => id !== 'vip-else')),
      tileId: 'vip',
      says: /port 'else' of 'vip' leads nowhere; draw/,
    },
    // A tile that is half filled in tells its ports all the same.
    {
      spoil: (canvas) => {
        tileOf(canvas, 'reward').config = { onFailure: 'branch' }
        canvas.edges = canvas.edges.filter(({ id }) => id !== 'reward-failed')
      },
      tileId: 'reward',
      says: /port 'failed' of 'reward'/,
    },
  ],
  TW109: [
    {
      spoil: (canvas) => canvas.edges.push({ id: 'x', from: 'mark', port: 'next', to: 'end' }),
      tileId: 'mark',
      edgeId: 'x',
      says: /Two edges leave the port 'next' of 'mark'; keep one/,
    },
  ],
  TW110: [
    { spoil: (canvas) => (edge(canvas, 'vip-yes').port = 'no'), tileId: 'vip', edgeId: 'vip-yes', says: /no port 'no', only yes, else/ },
  ],
  TW111: [
    {
      spoil: (canvas) => add(canvas, { id: 'island', type: 'exit', config: { reason: 'x' } }),
      tileId: 'island',
      says: /No path leads to 'island'/,
    },
  ],
  TW112: [
    {
      spoil: (canvas) => {
        edge(canvas, 'vip-else').to = 'stuck'
        add(canvas, { id: 'stuck', type: 'wait', config: { kind: 'duration', duration: 'P1D' } }, ['stuck', 'next', 'stuck'])
      },
      tileId: 'stuck',
      says: /From 'stuck' no path leads to an exit/,
    },
  ],
  TW113: [
    {
      spoil: loopOver({ type: 'updateProfile', config: { changes: [{ op: 'unset', trait: 'x' }] } }),
      tileId: 'mark',
      says: /mark → again → between → mark has no wait/,
    },
  ],
  TW114: [
    { spoil: loopOver({ type: 'wait', config: { kind: 'date', date: '2026-12-24' } }), tileId: 'mark', says: /over at once/ },
    { spoil: loopOver({ type: 'wait', config: { kind: 'duration', duration: 'PT0S' } }), tileId: 'mark', says: /over at once/ },
    {
      spoil: loopOver({ type: 'wait', config: { kind: 'condition', when: { trait: 'x', op: 'exists' }, timeout: 'P1D' } }),
      tileId: 'mark',
      says: /over at once/,
    },
  ],
  TW201: [
    { spoil: replace('pause', {}), tileId: 'pause', path: '/config/kind', says: /Give 'kind': one of duration, time/ },
    { spoil: replace('pause', { kind: 'duration', duration: '' }), tileId: 'pause', path: '/config/duration', says: /'duration'/ },
    { spoil: replace('entry', { triggers: [] }), tileId: 'entry', path: '/config/triggers', says: /at least one trigger/ },
    { spoil: branchOn({}), tileId: 'vip', path: '/config/paths/0/when', says: /'when' is empty/ },
  ],
  TW202: [
    {
      spoil: config('mail', { onFailure: 'stop' }),
      tileId: 'mail',
      path: '/config/onFailure',
      says: /'onFailure' is 'stop'; give one of park/,
    },
    { spoil: config('reward', { headers: { 'a b': 'c' } }), tileId: 'reward', path: '/config/headers/a b', says: /no name of a header/ },
    {
      spoil: config('reward', { headers: { 'Webhook-Id': 'x' } }),
      tileId: 'reward',
      path: '/config/headers/Webhook-Id',
      says: /Tilework sets this header/,
    },
    {
      spoil: branchOn({ trait: 'x', op: 'gt', value: true }),
      tileId: 'vip',
      path: '/config/paths/0/when/value',
      says: /'gt' takes a number/,
    },
  ],
  TW203: [
    {
      spoil: withField('text', 'Hi {{ customer.traits.name'),
      tileId: 'mail',
      path: '/config/fields/text',
      says: /no Liquid: .* not closed/,
    },
    { spoil: withField('text', '{{ "a" | shout }}'), tileId: 'mail', path: '/config/fields/text', says: /undefined filter: shout/ },
    { spoil: withField('text', '{% include "x" %}'), tileId: 'mail', path: '/config/fields/text', says: /no include; bring in a partial/ },
    { spoil: config('reward', { headers: { 'x-a': '{% if %}' } }), tileId: 'reward', path: '/config/headers/x-a', says: /no Liquid/ },
  ],
  TW204: [{ spoil: branchOn({ property: 'total', op: 'exists' }), tileId: 'vip', path: '/config/paths/0/when', says: /add "of": "entry"/ }],
  TW205: [
    {
      spoil: replace('vip', {
        kind: 'percentage',
        paths: [
          { id: 'yes', weight: 80.1 },
          { id: 'else2', weight: 10 },
        ],
      }),
      tileId: 'vip',
      path: '/config/paths',
      says: /weights sum to 90.1; make them sum to 100/,
    },
  ],
  TW206: [
    {
      spoil: replace('vip', {
        kind: 'percentage',
        paths: [
          { id: 'yes', weight: 50 },
          { id: 'yes', weight: 50 },
        ],
      }),
      tileId: 'vip',
      path: '/config/paths/1/id',
      says: /Two paths have the id 'yes'/,
    },
  ],
  TW207: [
    {
      spoil: replace('vip', { kind: 'time', paths: [{ id: 'else' }] }),
      tileId: 'vip',
      path: '/config/paths/0/id',
      says: /'else' is the port/,
    },
  ],
  TW208: [{ spoil: config('pause', { timezone: 'Europe/Nowhere' }), tileId: 'pause', path: '/config/timezone', says: /'timezone'.*IANA/ }],
  TW209: [
    { spoil: replace('pause', { kind: 'date', date: '2026-02-30' }), tileId: 'pause', path: '/config/date', says: /Give a date such as/ },
    { spoil: replace('pause', { kind: 'date', date: 'tomorrow' }), tileId: 'pause', path: '/config/date', says: /Give a date such as/ },
    {
      spoil: branchOn({ trait: 'x', op: 'before', value: 'March 7' }),
      tileId: 'vip',
      path: '/config/paths/0/when/value',
      says: /takes a date/,
    },
  ],
  TW210: [{ spoil: replace('pause', { kind: 'time', time: '24:00' }), tileId: 'pause', path: '/config/time', says: /time of day/ }],
  TW211: [
    { spoil: config('pause', { duration: '3 days' }), tileId: 'pause', path: '/config/duration', says: /ISO 8601 duration such as P3D/ },
    { spoil: config('pause', { duration: 'P101Y' }), tileId: 'pause', path: '/config/duration', says: /at most P100Y/ },
    { spoil: config('reward', { timeout: 'PT2M' }), tileId: 'reward', path: '/config/timeout', says: /at most PT60S/ },
    { spoil: config('reward', { timeout: 'soon' }), tileId: 'reward', path: '/config/timeout', says: /ISO 8601/ },
  ],
  TW212: [{ spoil: branchOn({ trait: 'x', op: 'matches', value: '(a' }), tileId: 'vip', path: '/config/paths/0/when/value', says: /RE2/ }],
  TW213: [
    {
      spoil: config('mail', { retry: { maxAttempts: 0 } }),
      tileId: 'mail',
      path: '/config/retry/maxAttempts',
      says: /is 0; give at least 1/,
    },
    {
      spoil: config('mail', { retry: { initialInterval: 'PT20M' } }),
      tileId: 'mail',
      path: '/config/retry/maxInterval',
      says: /\(PT10M\) is shorter than the first \(PT20M\)/,
    },
    {
      spoil: config('mail', { retry: { initialInterval: 'often' } }),
      tileId: 'mail',
      path: '/config/retry/initialInterval',
      says: /ISO 8601/,
    },
  ],
  TW214: [
    { spoil: config('reward', { url: 'ftp://example.com' }), tileId: 'reward', path: '/config/url', says: /https:\/\/ or http/ },
    { spoil: config('reward', { url: 'https://me:pw@example.com/' }), tileId: 'reward', path: '/config/url', says: /without a user/ },
    { spoil: config('reward', { url: 'https://exa mple.com/' }), tileId: 'reward', path: '/config/url', says: /https:\/\/ or http/ },
  ],
  TW215: [
    { spoil: config('reward', { save: { code: 'data.code' } }), tileId: 'reward', path: '/config/save/code', says: /JSON pointer/ },
    { spoil: config('reward', { save: { code: '/a~2' } }), tileId: 'reward', path: '/config/save/code', says: /JSON pointer/ },
    { spoil: config('reward', { save: { 'a-b': '/a' } }), tileId: 'reward', path: '/config/save/a-b', says: /letters, digits/ },
  ],
  TW216: [
    { spoil: config('reward', { sign: true }), tileId: 'reward', path: '/config/secretId', says: /'secretId' the secret to sign with/ },
  ],
  TW217: [
    { spoil: config('reward', { secretId: 'sec_1' }), tileId: 'reward', path: '/config/secretId', says: /for signing only/ },
    {
      spoil: config('mail', { topic: 'top_1', transactional: true }),
      tileId: 'mail',
      path: '/config/topic',
      says: /remove one of the two/,
    },
    {
      spoil: (canvas, lookups) => {
        delete lookups.destinations.get('dst_1')!.actions['send_email']!.channel
        config('mail', { transactional: true })(canvas, lookups)
      },
      tileId: 'mail',
      path: '/config/transactional',
      says: /no message, so 'transactional' has no effect/,
    },
    {
      spoil: (canvas) => (canvas.settings.reentry = { mode: 'never', cooldown: 'P7D' }),
      path: '/settings/reentry/cooldown',
      says: /no effect/,
    },
    { spoil: config('reward', { method: 'GET', body: '{}' }), tileId: 'reward', path: '/config/body', says: /GET carries no body/ },
    {
      spoil: config('entry', { triggers: [{ type: 'event', event: 'x', key: 'properties.id' }] }),
      tileId: 'entry',
      path: '/config/triggers/0/key',
      says: /set reentry to 'always'/,
    },
    {
      spoil: config('mail', { transactional: true, quietHours: 'none', priority: 'high' }),
      tileId: 'mail',
      path: '/config/priority',
      says: /by no cap/,
    },
  ],
  TW218: [
    {
      spoil: config('mail', { quietHours: { from: '09:00', to: '09:00' } }),
      tileId: 'mail',
      path: '/config/quietHours',
      says: /leave some of the week/,
    },
  ],
  // Of templates, and of MJML, which the server compiles: api/routes/templates.test.ts.
  TW231: [],
  TW232: [],
  TW301: [
    { spoil: config('mail', { destinationId: 'dst_2' }), tileId: 'mail', path: '/config/destinationId', says: /'dst_2'.*such as dst_1/ },
  ],
  TW302: [
    {
      spoil: config('mail', { action: 'send_fax' }),
      tileId: 'mail',
      path: '/config/action',
      says: /smtp has no action 'send_fax'; it has send_email/,
    },
    { spoil: config('mail', { action: 'constructor' }), tileId: 'mail', path: '/config/action', says: /no action 'constructor'/ },
  ],
  TW303: [{ spoil: withField('subjekt', 'x'), tileId: 'mail', path: '/config/fields/subjekt', says: /did you mean 'subject'/ }],
  TW304: [
    {
      spoil: branchOn({ not: { audience: 'aud_2', op: 'in' } }),
      tileId: 'vip',
      path: '/config/paths/0/when/not',
      says: /no audience 'aud_2'/,
    },
    {
      spoil: (canvas) => (canvas.settings.goal = { name: 'Joined', when: { audience: 'aud_3', op: 'in' } }),
      path: '/settings/goal/when',
      says: /no audience 'aud_3'/,
    },
  ],
  TW305: [{ spoil: config('more', { orchestrationId: 'jrn_gone' }), tileId: 'more', path: '/config/orchestrationId', says: /'jrn_gone'/ }],
  TW306: [
    { spoil: config('more', { orchestrationId: 'jrn_self' }), tileId: 'more', says: /leads back into this orchestration/ },
    {
      spoil: (_canvas, lookups) => {
        const journeys = lookups.journeys as Map<string, { name: string; status: string; children: string[] }>
        journeys.set('jrn_other', { name: 'The other', status: 'active', children: ['jrn_third'] })
        journeys.set('jrn_third', { name: 'The third', status: 'active', children: ['jrn_self'] })
      },
      tileId: 'more',
      says: /'The other' leads back into this orchestration; break the cycle/,
    },
  ],
  TW307: [
    {
      spoil: branchOn({ property: 'total', of: 'tile:gone', op: 'exists' }),
      tileId: 'vip',
      says: /the tile 'gone' left, and there is no such tile/,
    },
    { spoil: withField('text', '{{ tiles.gone.code }}'), tileId: 'mail', path: '/config/fields/text', says: /no such tile/ },
    { spoil: withField('text', '{% if true %}{{ "a" | append: tiles["gone"].x }}{% endif %}'), tileId: 'mail', says: /'gone'/ },
  ],
  TW308: [
    {
      spoil: withoutEvents(branchOn({ property: 'plan', of: 'entry', op: 'exists' })),
      tileId: 'vip',
      says: /'plan' of entry is always missing/,
    },
    {
      spoil: withoutEvents(withField('text', '{{ entry.properties.plan }}')),
      tileId: 'mail',
      says: /'entry.properties.plan' is always missing/,
    },
  ],
  TW309: [
    // mark comes after vip, on no loop.
    {
      spoil: (canvas) => {
        edge(canvas, 'mark-next').to = 'late'
        add(
          canvas,
          { id: 'late', type: 'wait', config: { kind: 'event', event: 'x', timeout: 'P1D' } },
          ['late', 'met', 'more'],
          ['late', 'timeout', 'more'],
        )
        branchOn({ property: 'a', of: 'tile:late', op: 'exists' })(canvas, goodLookups())
      },
      tileId: 'vip',
      says: /'late' left, and no path leads from there to here/,
    },
    // Its own answer is not there yet while it calls.
    { spoil: config('reward', { body: '{{ tiles.reward.code }}' }), tileId: 'reward', path: '/config/body', says: /no path leads/ },
  ],
  TW310: [
    { spoil: withField('text', '{{ tiles.pause.x }}'), tileId: 'mail', says: /only a wait for an event and a webhook that saves/ },
    {
      spoil: branchOn({ property: 'code', of: 'tile:reward', op: 'exists' }),
      tileId: 'vip',
      says: /only a wait for an event leaves properties/,
    },
  ],
  TW311: [
    {
      spoil: config('mail', { fields: { to: 'a@example.com' } }),
      tileId: 'mail',
      path: '/config/fields/subject',
      says: /needs the field 'subject'/,
    },
    { spoil: withField('subject', ' '), tileId: 'mail', path: '/config/fields/subject', says: /needs the field 'subject'/ },
  ],
  TW312: [
    { spoil: config('reward', { sign: true, secretId: 'sec_9' }), tileId: 'reward', path: '/config/secretId', says: /no secret 'sec_9'/ },
    {
      spoil: config('reward', { headers: { Authorization: 'Bearer {{ secrets.crn }}' } }),
      tileId: 'reward',
      path: '/config/headers/Authorization',
      says: /no secret named 'crn'; did you mean 'crm'\?/,
    },
    {
      spoil: config('reward', { headers: { 'X-Key': `{{ secrets['mine'] }}` } }),
      tileId: 'reward',
      says: /name one that exists, or make it/,
    },
  ],
  TW313: [
    {
      spoil: (_canvas, lookups) => {
        ;(lookups.journeys as Map<string, unknown>).set('jrn_other', { name: 'The other', status: 'draft', children: [] })
      },
      tileId: 'more',
      says: /'The other' is draft/,
    },
  ],
  TW314: [
    {
      spoil: config('reward', { url: 'https://example.com/?{{ unsubscribeUrl }}' }),
      tileId: 'reward',
      path: '/config/url',
      says: /no 'unsubscribeUrl' in/,
    },
    { spoil: withField('text', '{{ unsubscribeUrl.x }}'), tileId: 'mail', path: '/config/fields/text', says: /use unsubscribeUrl,/ },
    { spoil: withField('text', '{{ user.name }}'), tileId: 'mail', says: /no 'user' in templates; use customer/ },
    { spoil: withField('text', '{{ customer.email }}'), tileId: 'mail', says: /use customer.traits.email/ },
    { spoil: config('reward', { body: '{{ secrets.token }}' }), tileId: 'reward', says: /no 'secrets'/ },
    { spoil: withField('text', '{{ tiles.bought.evnt }}'), tileId: 'mail', says: /'bought' leaves no 'evnt'; did you mean 'event'\?/ },
  ],
  TW315: [
    {
      spoil: branchOn({ not: { event: 'bought', op: 'performed', within: 'P13M1D' } }),
      tileId: 'vip',
      path: '/config/paths/0/when/not/within',
      says: /kept for 13 months.*P13M1D.*EVENT_RETENTION_MONTHS/,
    },
    {
      spoil: (canvas) => (canvas.settings.goal = { name: 'Bought', when: { event: 'bought', op: 'performed', within: 'P400D' } }),
      path: '/settings/goal/when/within',
      says: /P400D/,
    },
  ],
  TW316: [{ spoil: config('mail', { topic: 'top_9' }), tileId: 'mail', path: '/config/topic', says: /no topic 'top_9'/ }],
  TW330: [{ spoil: using({ id: 'tpl_9' }), tileId: 'mail', path: '/config/template/id', says: /no template 'tpl_9'/ }],
  TW331: [
    {
      spoil: partials("{% render 'foter' %}"),
      tileId: 'mail',
      path: '/config/fields/text',
      says: /no partial 'foter'; did you mean 'footer'\?/,
    },
    { spoil: partials("{% render 'unpublished' %}"), tileId: 'mail', says: /no partial 'unpublished'/ },
  ],
  TW332: [{ spoil: partials("{% render 'ping' %}"), tileId: 'mail', path: '/config/fields/text', says: /ping → pong → ping/ }],
  TW333: [
    { spoil: using({ id: 'tpl_footer' }), tileId: 'mail', path: '/config/template/id', says: /'footer' is a partial/ },
    { spoil: using({ id: 'tpl_draft' }), tileId: 'mail', path: '/config/template/id', says: /has not been published/ },
    {
      spoil: using({ id: 'tpl_1', version: 3 }),
      tileId: 'mail',
      path: '/config/template/version',
      says: /no published version 3; the last is 2/,
    },
    { spoil: using({ id: 'tpl_empty' }), tileId: 'mail', path: '/config/template/id', says: /fills no field/ },
  ],
}

function withoutEvents(spoil: Spoil): Spoil {
  return (canvas, lookups) => {
    config('entry', { triggers: [{ type: 'manual' }] })(canvas, lookups)
    spoil(canvas, lookups)
  }
}

const all = (canvas: DraftCanvas, lookups: Lookups): Problem[] => Object.values(validate(canvas, lookups)).flat()

test('a good canvas with all eight tiles has no problem', () => {
  expect(new Set(goodCanvas().tiles.map(({ type }) => type)).size).toBe(8)
  expect(validate(goodCanvas(), goodLookups())).toEqual({ errors: [], warnings: [] })
  const [canvas, lookups] = [goodCanvas(), goodLookups()]
  config('mail', { topic: 'top_1' })(canvas, lookups)
  withField('text', 'Stop: {{ unsubscribeUrl }}')(canvas, lookups)
  expect(validate(canvas, lookups)).toEqual({ errors: [], warnings: [] })
})

describe.each(Object.entries(CASES).filter(([, cases]) => cases.length > 0))('%s', (code, cases) => {
  test.each(cases.map((one, index) => [index, one] as const))('%#', (_, { spoil, says, ...where }) => {
    const [canvas, lookups] = [goodCanvas(), goodLookups()]
    spoil(canvas, lookups)
    // What a draft cannot hold could not come here.
    expect(parseDraft(canvas)).not.toHaveProperty('errors')
    const { errors, warnings } = validate(canvas, lookups)
    const [list, other] = WARNINGS.has(code as ProblemCode) ? [warnings, errors] : [errors, warnings]
    expect(list).toContainEqual(expect.objectContaining({ code, ...where, message: expect.stringMatching(says) }))
    expect(other.map((problem) => problem.code)).not.toContain(code)
  })
})

test('every number has a case', () => {
  expect(Object.keys(CASES)).toEqual(Object.keys(PROBLEMS))
})

describe('what is not a problem', () => {
  const good: [string, Spoil][] = [
    ['a loop with a wait', loopOver({ type: 'wait', config: { kind: 'duration', duration: 'PT1H' } })],
    ['a tile on a loop that reads itself', readsItself],
    ['a property without of inside where', config('bought', { where: { property: 'total', op: 'gt', value: 1 } })],
    ['secrets in headers', config('reward', { headers: { authorization: 'Bearer {{ secrets.crm }}' } })],
    ['a whole URL from a template', config('reward', { url: '{{ customer.traits.hook }}' })],
    ['a template in the host', config('reward', { url: 'https://{{ customer.traits.host }}/x' })],
    [
      'variables of the template itself',
      withField('text', '{% assign a = tiles.reward %}{% for i in entry.properties.items %}{{ i.x }}{{ a.code }}{% endfor %}'),
    ],
    ['a tile that only rendering tells', withField('text', '{{ tiles[customer.traits.x].y }}')],
    [
      'a key where a customer can be in several times',
      (canvas, lookups) => {
        canvas.settings.reentry = { mode: 'always', cooldown: 'P1D' }
        config('entry', { triggers: [{ type: 'event', event: 'x', key: 'properties.id' }] })(canvas, lookups)
      },
    ],
    ['raw text', withField('text', '{% raw %}{{ nothing.here }}{% endraw %}')],
    ['an id of a tile in brackets', withField('text', '{{ tiles["reward"]["code"] }}')],
    [
      'weights that are fractions',
      replace('vip', { kind: 'percentage', paths: [33.3, 33.3, 33.4].map((weight, i) => ({ id: `p${i}`, weight })) }),
    ],
  ]
  test.each(good)('%s', (_, spoil) => {
    const [canvas, lookups] = [goodCanvas(), goodLookups()]
    spoil(canvas, lookups)
    // Ports of a branch that was replaced lead nowhere; that is another matter.
    expect(all(canvas, lookups).filter(({ code }) => !['TW108', 'TW110', 'TW111', 'TW112'].includes(code))).toEqual([])
  })

  function readsItself(canvas: DraftCanvas, lookups: Lookups): void {
    loopOver({ type: 'wait', config: { kind: 'duration', duration: 'PT1H' } })(canvas, lookups)
    canvas.edges.find(({ id }) => id === 'back')!.to = 'bought'
    config('bought', { where: { property: 'total', of: 'tile:bought', op: 'exists' } })(canvas, lookups)
  }
})

test('an empty field is one problem, however many rules it breaks', () => {
  const canvas = goodCanvas()
  config('reward', { url: '' })(canvas, goodLookups())
  expect(all(canvas, goodLookups())).toEqual([{ code: 'TW201', tileId: 'reward', path: '/config/url', message: "'url': Give a URL." }])
})

test('an edge to a tile that does not exist is one problem, not two', () => {
  const canvas = goodCanvas()
  edge(canvas, 'vip-else').to = 'nowhere'
  expect(all(canvas, goodLookups()).map(({ code }) => code)).toEqual(['TW105'])
})

test('500 tiles that each read an earlier one are validated in well under a second', () => {
  const canvas = goodCanvas()
  edge(canvas, 'mark-next').to = 'm0'
  for (let i = 0; i < 490; i++) {
    const fields = { to: 'a@example.com', subject: '{{ tiles.reward.code }}' }
    add(canvas, { id: `m${i}`, type: 'action', config: { ...tileOf(canvas, 'mail').config, fields } })
    canvas.edges.push({ id: `me${i}`, from: `m${i}`, port: 'next', to: i === 489 ? 'more' : `m${i + 1}` })
  }
  const began = performance.now()
  expect(validate(canvas, goodLookups()).errors).toEqual([])
  // It takes some 100 ms; the bound is for a busy machine.
  expect(performance.now() - began).toBeLessThan(3000)
})

test('a template fills the fields that its tile leaves out, by the version that is sent', () => {
  const found = (version?: number): Problem[] => {
    const canvas = goodCanvas()
    const lookups = goodLookups()
    using({ id: 'tpl_1', ...(version && { version }) }, { to: 'a@example.com' })(canvas, lookups)
    return all(canvas, lookups)
  }
  // Version 2 has a subject; and reads what is not there, also through its partial.
  expect(found().map(({ code, path }) => [code, path])).toEqual([
    ['TW307', '/config/template'],
    ['TW314', '/config/template'],
  ])
  expect(found(1)).toMatchObject([{ code: 'TW311', path: '/config/fields/subject' }])
})
