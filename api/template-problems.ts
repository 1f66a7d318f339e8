import { compileMjml } from '../destinations/html/mjml.js'
import { withMjmlPartials } from '../destinations/message.js'
import { TileworkError } from '../model/errors.js'
import { pointer } from '../model/pointer.js'
import type { TemplateContent, TemplateKind } from '../model/templates.js'
import { livePartials } from '../store/templates-sent.js'
import { checkContent, summaryOf } from '../tiles/checks/content.js'
import { WARNINGS, type Problem } from '../tiles/problems.js'
import type { ApiDeps } from './deps.js'

/** A template that is to be checked. */
export interface Checked {
  kind: TemplateKind
  content: TemplateContent
  name?: string | undefined
}

/** Everything that is wrong with a template, its MJML too; errors first. Paths are within the content. */
export async function templateProblems({ db }: ApiDeps, workspaceId: string, { kind, content, name }: Checked): Promise<Problem[]> {
  const partials = await livePartials(db, workspaceId, true)
  const within = (of: string): string[] | undefined => {
    const partial = partials.get(of)
    return partial && summaryOf(partial.content).partials
  }
  const texts = new Map(
    [...partials].map(
      ([
        of,
        {
          content: { mjml },
        },
      ]) => [of, { mjml }],
    ),
  )
  const bodies = [
    ['', content] as const,
    ...Object.entries(content.locales ?? {}).map(([tag, parts]) => [pointer(['locales', tag]), parts] as const),
  ]
  const mjml = bodies.flatMap(([path, parts]) => (parts.mjml?.trim() ? mjmlProblems(`${path}/mjml`, parts.mjml, kind, texts) : []))
  const found = [...checkContent(kind, content, within, name), ...mjml]
  return [...found.filter(({ code }) => !WARNINGS.has(code)), ...found.filter(({ code }) => WARNINGS.has(code))]
}

function mjmlProblems(
  path: string,
  mjml: string,
  kind: TemplateKind,
  partials: ReadonlyMap<string, { mjml?: string | undefined }>,
): Problem[] {
  const [before, after] = kind === 'partial' ? around(mjml) : ['', '']
  const own = compileMjml(before + mjml + after)
  if ('faults' in own)
    return own.faults.map(({ from, to, message }) => ({
      code: 'TW231',
      path,
      ranges: [[Math.max(0, from - before.length), Math.max(0, Math.min(to - before.length, mjml.length))]],
      message,
    }))
  // With its partials in it, of which each is sound by itself: what is wrong then is where they stand.
  const whole = withMjmlPartials(mjml, partials)
  const made = whole === mjml ? own : compileMjml(before + whole + after)
  return 'faults' in made ? [{ code: 'TW231', path, message: `With its partials in place: ${made.faults[0]!.message}` }] : []
}

/** A piece of MJML as a document. */
export const documentOf = (mjml: string): string => around(mjml).join(mjml)

/** A document around a piece of MJML, by what the piece begins with. All on its first line. */
function around(mjml: string): [string, string] {
  const first = /<(mj-[a-z-]+)/.exec(mjml)?.[1] ?? ''
  if (['mj-section', 'mj-wrapper', 'mj-hero'].includes(first)) return ['<mjml><mj-body>', '</mj-body></mjml>']
  if (['mj-column', 'mj-group'].includes(first)) return ['<mjml><mj-body><mj-section>', '</mj-section></mj-body></mjml>']
  return ['<mjml><mj-body><mj-section><mj-column>', '</mj-column></mj-section></mj-body></mjml>']
}

/** @throws TileworkError invalid with the numbered errors @returns the warnings */
export async function requireSound(deps: ApiDeps, workspaceId: string, template: Checked): Promise<Problem[]> {
  const found = await templateProblems(deps, workspaceId, template)
  const errors = found.filter(({ code }) => !WARNINGS.has(code)).map((problem) => ({ ...problem, path: `/content${problem.path ?? ''}` }))
  const warnings = found.filter(({ code }) => WARNINGS.has(code))
  if (errors.length === 0) return warnings
  throw new TileworkError('invalid', `This template cannot be published: ${errors[0]!.message}`, errors, { warnings })
}
