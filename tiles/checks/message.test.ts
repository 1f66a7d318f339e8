import { goodCanvas, goodLookups } from '../../test/support/good-canvas.js'
import { TEMPLATES } from '../../test/support/template-refs.js'
import { validate, type Problem } from '../validate.js'

/** What is wrong where the tile `mail` takes its message from a template. */
function found(version?: number): Problem[] {
  const canvas = goodCanvas()
  const mail = canvas.tiles.find(({ id }) => id === 'mail')!
  mail.config = { ...mail.config, fields: { to: 'a@example.com' }, template: { id: 'tpl_1', ...(version && { version }) } }
  return Object.values(validate(canvas, { ...goodLookups(), templates: TEMPLATES })).flat()
}

test('a template fills the fields that its tile leaves out, by the version that is sent', () => {
  // Version 2 has a subject; and reads what is not there, also through its partial.
  expect(found().map(({ code, path }) => [code, path])).toEqual([
    ['TW307', '/config/template'],
    ['TW314', '/config/template'],
  ])
  expect(found(1)).toMatchObject([{ code: 'TW311', path: '/config/fields/subject' }])
})
