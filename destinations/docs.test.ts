import fs from 'node:fs'
import prettier from 'prettier'
import { createVendors, repeatsOf, type Vendor } from './index.js'

/* The table of vendors in docs/destinations.md is made from the vendors. `DOCS=write` writes it. */

const FILE = 'docs/destinations.md'
const BEGIN = '<!-- vendors -->\n'
const END = '<!-- end of vendors -->'

const named = (vendor: Vendor): string =>
  Object.entries(vendor.actions)
    .map(([name, action]) => {
      const { dedupes } = repeatsOf(vendor, action)
      const fields = Object.keys(action.fields.shape).join(', ')
      return `\`${name}\`${dedupes === vendor.dedupes ? '' : dedupes ? ' (dedupes)' : ' (does not dedupe)'}: ${fields}`
    })
    .join(' · ')

const retries = (vendor: Vendor): string => {
  const own = Object.entries(vendor.actions).flatMap(([name, { idempotency }]) => (idempotency ? [`\`${name}\`: ${idempotency}`] : []))
  return [vendor.idempotency, ...own].join(' ')
}

const row = (vendor: Vendor): string => {
  const title = vendor.docs === undefined ? vendor.title : `[${vendor.title}](${vendor.docs})`
  return `| \`${vendor.type}\` | ${title} | ${named(vendor)} | ${vendor.dedupes ? 'yes' : 'no'} | ${retries(vendor)} | ${vendor.perSecond ?? '–'} |`
}

test('docs/destinations.md has every vendor as it is', async () => {
  const vendors = [...createVendors({ putSandboxMessage: () => Promise.resolve('') }).values()]
  const head =
    '| type | vendor | actions and fields | dedupes | what a retry can do | sends a second |\n| --- | --- | --- | --- | --- | --- |\n'
  const table = `${BEGIN}\n${head}${vendors.map(row).join('\n')}\n\n${END}`
  const text = fs.readFileSync(FILE, 'utf8')
  const [before, rest] = text.split(BEGIN) as [string, string]
  const made = `${before}${table}${rest.slice(rest.indexOf(END) + END.length)}`
  const formatted = await prettier.format(made, { ...(await prettier.resolveConfig(FILE)), filepath: FILE })
  if (process.env.DOCS === 'write') fs.writeFileSync(FILE, formatted)
  else expect(text).toBe(formatted)
})
