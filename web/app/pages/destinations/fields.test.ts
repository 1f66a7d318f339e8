import { z } from 'zod'
import type { FieldsSchema } from '../../api/destinations.js'
import { beginWith, fieldsOf, settingsOf, spokenName } from './fields.js'

const schema = z.toJSONSchema(
  z.strictObject({
    host: z.string().max(253),
    port: z.int(),
    secure: z.boolean(),
    region: z.enum(['eu', 'us']).default('eu'),
    headers: z.record(z.string(), z.string()).optional(),
    key: z.string().max(10_000).optional(),
  }),
  { io: 'input' },
) as FieldsSchema
const fields = fieldsOf(schema)

it('asks for each setting by its type', () => {
  expect(fields.map(({ name, input, required }) => [name, input, required])).toEqual([
    ['host', 'text', true],
    ['port', 'number', true],
    ['secure', 'switch', true],
    ['region', 'choice', false],
    ['headers', 'json', false],
    ['key', 'long', false],
  ])
})

it('begins with what is kept, else with defaults', () => {
  expect(beginWith(fields, {})).toEqual({ secure: false, region: 'eu' })
  expect(beginWith(fields, { host: 'h', secure: true, region: 'us', headers: { a: 'b' } })).toEqual({
    host: 'h',
    secure: true,
    region: 'us',
    headers: '{\n  "a": "b"\n}',
  })
})

it('sends what is given, and gives back what was kept', () => {
  const kept = { host: 'h', port: 25, secure: false, region: 'us', headers: { a: 'b' } }
  expect(settingsOf(fields, beginWith(fields, kept))).toEqual(kept)
  expect(settingsOf(fields, { host: '', port: undefined, secure: false, headers: '{' })).toEqual({ secure: false, headers: '{' })
})

test.each([
  ['host', 'Host'],
  ['replyTo', 'Reply to'],
  ['api_key', 'Api key'],
  ['accessKeyId', 'Access key id'],
])('says %s as %s', (name, spoken) => expect(spokenName(name)).toBe(spoken))
