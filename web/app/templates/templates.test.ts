import fs from 'node:fs'
import { parseDraft } from '../../../tiles/parse.js'
import { validate, type Lookups } from '../../../tiles/validate.js'
import { TEMPLATES } from './index.js'

const texts = JSON.parse(fs.readFileSync('web/app/i18n/en/templates.json', 'utf8')) as Record<string, unknown>

/* Every template can be activated as it is. */

const lookups: Lookups = {
  destinations: new Map([
    [
      'sandbox',
      { type: 'sandbox', actions: { send_email: { known: ['to', 'subject', 'html', 'text', 'replyTo'], required: ['to', 'subject'] } } },
    ],
  ]),
  audiences: new Set(),
  journeys: new Map(),
  secrets: new Map(),
  templates: new Map(),
  topics: new Set<string>(),
  selfId: 'jrn_self',
  eventMonths: 13,
}

describe.each(TEMPLATES.map((template) => [template.id, template] as const))('%s', (id, { tiles, edges, settings }) => {
  it('has neither errors nor warnings', () => {
    const read = parseDraft({ tiles, edges, settings })
    if ('errors' in read) throw new Error(JSON.stringify(read.errors))
    expect(validate(read.canvas, lookups)).toEqual({ errors: [], warnings: [] })
  })

  it('lies on the grid, no two tiles in one place, with a name each', () => {
    const places = tiles.map(({ position: { x, y } }) => `${x} ${y}`)
    expect(new Set(places).size).toBe(places.length)
    expect(tiles.filter(({ position: { x, y }, name }) => x % 16 !== 0 || y % 16 !== 0 || name === '')).toEqual([])
  })

  it('says what it is for', () => expect(Object.keys(texts)).toContain(id))
})
