import fs from 'node:fs'
import path from 'node:path'

/* Every sentence that the application asks for is there, and every one that is there is asked for. */

const APP = path.resolve('web/app')
const english = path.join(APP, 'i18n/en')

function files(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return files(file)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [file] : []
  })
}

const forms = fs
  .readdirSync('tiles')
  .map((tile) => `tiles/${tile}/form.tsx`)
  .filter((file) => fs.existsSync(file))
const code = [...files(APP), ...forms].map((file) => ({ file: path.relative('.', file), text: fs.readFileSync(file, 'utf8') }))

/** `area:key` of every text, plurals without their ending. */
function keysOf(area: string, texts: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [`${area}:${prefix}${name.replace(/_(zero|one|other)$/, '')}`]
      : keysOf(area, value as Record<string, unknown>, `${prefix}${name}.`),
  )
}

const known = new Set(
  fs
    .readdirSync(english)
    .flatMap((file) =>
      keysOf(path.basename(file, '.json'), JSON.parse(fs.readFileSync(path.join(english, file), 'utf8')) as Record<string, unknown>),
    ),
)
const areas = fs.readdirSync(english).map((file) => path.basename(file, '.json'))

/** Keys in quotes, and patterns of those that are put together: `kit:state.${state}`. */
const KEY = new RegExp(`(['"\`])((?:${areas.join('|')}):[\\w.$\{}()?' -]+?)\\1`, 'g')
const used = code.flatMap(({ file, text }) => [...text.matchAll(KEY)].map((found) => ({ file, key: found[2]! })))
const pattern = (key: string): RegExp =>
  new RegExp(
    `^${key
      .split(/\$\{[^}]*\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\w.-]+')}$`,
  )

test('every key that is used has a text', () => {
  const missing = used.filter(({ key }) => (key.includes('${') ? ![...known].some((each) => pattern(key).test(each)) : !known.has(key)))
  expect(missing).toEqual([])
  expect(used.length).toBeGreaterThan(50)
})

test('every text is used', () => {
  const patterns = used.map(({ key }) => pattern(key))
  expect([...known].filter((key) => !patterns.some((each) => each.test(key)))).toEqual([])
})
