import fs from 'node:fs'
import prettier from 'prettier'
import { published } from '../test/vendors/openapi/prism.js'
import { publishers } from '../test/vendors/openapi/vendors.js'
import { createVendors, repeatsOf, type Vendor } from './index.js'

/* The table of vendors in docs/destinations.md, and what they tell in docs/feedback.md, are made from the vendors. `DOCS=write` writes them. */

const vendors = [...createVendors({ putSandboxMessage: () => Promise.resolve('') }).values()]

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

/** Which kinds of feedback come back, without their channels. */
const tells = ({ type, feedback }: Vendor): string => {
  if (type === 'smtp') return 'opened, clicked, by links of ours'
  return [...new Set(feedback?.events.map((event) => event.replace(/^[a-z]+_/, '')))].join(', ') || '–'
}

const STUB = 'a stub of its documented rules'
const AGAINST: Record<string, string> = {
  sandbox: 'itself',
  smtp: 'SMTP servers',
  webhook: 'HTTP servers',
  ses: `${STUB}; its signature by another implementation`,
  fcm: `${STUB}; its tokens by another implementation`,
  apns: `${STUB}; its tokens by another implementation`,
  'web-push': `${STUB}; signature and encryption by another implementation`,
}

/** What its requests are held against in the tests. */
function against({ type }: Vendor): string {
  const rules = AGAINST[type] ?? STUB
  const publisher = publishers.find((each) => each.type === type)
  if (!publisher) return rules
  const { title, version } = published(publisher.file).info
  return `its OpenAPI, ${title} ${version}${publisher.only ? ` (${publisher.only})` : ''}; ${rules}`
}

const row = (vendor: Vendor): string => {
  const title = vendor.docs === undefined ? vendor.title : `[${vendor.title}](${vendor.docs})`
  return `| \`${vendor.type}\` | ${title} | ${named(vendor)} | ${vendor.dedupes ? 'yes' : 'no'} | ${retries(vendor)} | ${vendor.perSecond ?? '–'} | ${tells(vendor)} | ${against(vendor)} |`
}

/** What stands between two marks of a page. */
async function holds(file: string, mark: string, made: string): Promise<void> {
  const [begin, end] = [`<!-- ${mark} -->\n`, `<!-- end of ${mark} -->`]
  const text = fs.readFileSync(file, 'utf8')
  const [before, rest] = text.split(begin) as [string, string]
  const whole = `${before}${begin}\n${made}\n\n${end}${rest.slice(rest.indexOf(end) + end.length)}`
  const formatted = await prettier.format(whole, { ...(await prettier.resolveConfig(file)), filepath: file })
  if (process.env.DOCS === 'write') fs.writeFileSync(file, formatted)
  else expect(text).toBe(formatted)
}

test('docs/destinations.md has every vendor as it is', () => {
  const head =
    '| type | vendor | actions and fields | dedupes | what a retry can do | sends a second | tells back | tested against |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n'
  return holds('docs/destinations.md', 'vendors', head + vendors.map(row).join('\n'))
})

test('docs/feedback.md says of every vendor that tells something what, and how to set it up', () => {
  const sections = vendors.flatMap(({ type, title, feedback }) =>
    feedback
      ? [
          `### ${title} (\`${type}\`)`,
          `${feedback.events.map((event) => `\`${event}\``).join(', ')}. [Its documentation](${feedback.docs}).`,
          feedback.setup.map((step, index) => `${index + 1}. ${step}`).join('\n'),
        ]
      : [],
  )
  return holds('docs/feedback.md', 'feedback', sections.join('\n\n'))
})
