import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** WCAG 2.2 up to AA, and what axe counts as good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation {
  id: string
  impact: string | null
  help: string
  nodes: { target: string[]; failureSummary?: string }[]
}

/**
 * What axe finds that is serious or worse, in the light and in the dark theme: one line each, with the elements. Expect `[]`.
 * The page must stand still: axe measures colours, and what fades in is paler.
 */
export async function seriousProblems(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const { id, help, nodes } of await violations(page))
      for (const { target, failureSummary = '' } of nodes)
        found.push(`${colorScheme} ${id}: ${help} · ${target.join(' ')} · ${failureSummary.replace(/\s+/g, ' ')}`)
  }
  return found
}

async function violations(page: Page): Promise<Violation[]> {
  // Through the debugger's protocol, which the Content-Security-Policy does not bind.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(await readFile(SOURCE, 'utf8'))
  const all = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Violation[]
  return all.filter(({ impact }) => impact === 'serious' || impact === 'critical')
}
