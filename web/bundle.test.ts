import fs from 'node:fs'
import { gzipSync } from 'node:zlib'

/** What a first load may weigh, in bytes of JavaScript, gzipped. */
const BUDGET = 350 * 1024

/* What index.html names, and what that imports before anything can be seen: the rest is loaded when somebody goes there. */

const file = (name: string): string => fs.readFileSync(`web/dist${name}`, 'utf8')

function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  const imports = file(name).matchAll(/(?:^|[;}])import(?:[^'"();]*from)?\s*["']\.\/([^"']+\.js)["']/g)
  for (const [, next] of imports) withImports(`/assets/${next}`, seen)
  return seen
}

const entry = /<script type="module"[^>]* src="([^"]+)"/.exec(file('/index.html'))![1]!

test('the first page weighs less than the budget', () => {
  const pages = fs.readdirSync('web/dist/assets').filter((name) => /^list-.*\.js$/.test(name))
  const first = new Set([...withImports(entry), ...pages.flatMap((name) => [...withImports(`/assets/${name}`)])])
  const bytes = [...first].reduce((sum, name) => sum + gzipSync(file(name)).length, 0)
  expect(first.size).toBeGreaterThan(3)
  expect(bytes).toBeLessThan(BUDGET)
  console.log(`First load: ${first.size} files, ${(bytes / 1024).toFixed(0)} KB of JavaScript gzipped`)
})

test('what is large and seldom needed is not in it', () => {
  const first = [...withImports(entry)].map(file).join('\n')
  for (const mark of ['recharts', 'cm-editor', 'react-flow__', 'ZodError'])
    expect({ mark, there: first.includes(mark) }).toEqual({ mark, there: false })
})

test('nothing is inline, and no other host is named', () => {
  const page = file('/index.html')
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|https?:/)
  expect(page).toContain('content="%NONCE%"')
})
