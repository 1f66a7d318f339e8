import { goodCanvas, goodLookups } from '../../test/support/good-canvas.js'
import { TEMPLATES } from '../../test/support/template-refs.js'
import { validate, type Problem } from '../validate.js'

/** What is wrong where the tile `mail` has this config. */
function found(more: object): Problem[] {
  const canvas = goodCanvas()
  const mail = canvas.tiles.find(({ id }) => id === 'mail')!
  mail.config = { ...mail.config, fields: { to: 'a@example.com', subject: 'x' }, ...more }
  return Object.values(validate(canvas, { ...goodLookups(), templates: TEMPLATES })).flat()
}
const using = (id: string, version?: number): object => ({ template: { id, ...(version && { version }) } })
const field = (text: string): object => ({ fields: { to: 'a@example.com', subject: 'x', text } })

test.each([
  ['TW330', using('tpl_9'), '/config/template/id', /no template 'tpl_9'/],
  ['TW331', field("{% render 'foter' %}"), '/config/fields/text', /no partial 'foter'; did you mean 'footer'\?/],
  ['TW331', field("{% render 'unpublished' %}"), '/config/fields/text', /no partial 'unpublished'/],
  ['TW332', field("{% render 'ping' %}"), '/config/fields/text', /ping → pong → ping/],
  ['TW333', using('tpl_footer'), '/config/template/id', /'footer' is a partial/],
  ['TW333', using('tpl_draft'), '/config/template/id', /has not been published/],
  ['TW333', using('tpl_1', 3), '/config/template/version', /no published version 3; the last is 2/],
  ['TW333', using('tpl_empty'), '/config/template/id', /fills no field/],
])('%s: %j', (code, config, path, says) => {
  expect(found(config)).toContainEqual(
    expect.objectContaining({ code, path, tileId: 'mail', message: expect.stringMatching(says) as unknown }),
  )
})

test('a template fills the fields that its tile leaves out, by the version that is sent', () => {
  const fields = { fields: { to: 'a@example.com' } }
  // Version 2 has a subject; and reads what is not there, also through its partial.
  expect(found({ ...using('tpl_1'), ...fields }).map(({ code, path }) => [code, path])).toEqual([
    ['TW307', '/config/template'],
    ['TW314', '/config/template'],
  ])
  expect(found({ ...using('tpl_1', 1), ...fields })).toMatchObject([{ code: 'TW311', path: '/config/fields/subject' }])
})
