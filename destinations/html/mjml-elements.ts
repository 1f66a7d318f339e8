/* Which element of MJML may stand in which (documentation.mjml.io). */

const CONTENT = ['mj-accordion', 'mj-button', 'mj-carousel', 'mj-divider', 'mj-image', 'mj-navbar', 'mj-raw', 'mj-social', 'mj-spacer', 'mj-table', 'mj-text'] // prettier-ignore

/** The elements that each element of MJML may hold; undefined of one that holds HTML, or text. */
const HOLDS: Record<string, readonly string[] | undefined> = {
  mjml: ['mj-head', 'mj-body'],
  'mj-head': ['mj-attributes', 'mj-breakpoint', 'mj-font', 'mj-preview', 'mj-raw', 'mj-style', 'mj-title'],
  'mj-body': ['mj-section', 'mj-wrapper', 'mj-hero', 'mj-raw'],
  'mj-wrapper': ['mj-section', 'mj-hero', 'mj-raw'],
  'mj-section': ['mj-column', 'mj-group', 'mj-raw'],
  'mj-group': ['mj-column', 'mj-raw'],
  'mj-column': CONTENT,
  'mj-hero': CONTENT,
  'mj-accordion': ['mj-accordion-element', 'mj-raw'],
  'mj-accordion-element': ['mj-accordion-title', 'mj-accordion-text', 'mj-raw'],
  'mj-carousel': ['mj-carousel-image'],
  'mj-navbar': ['mj-navbar-link', 'mj-raw'],
  'mj-social': ['mj-social-element', 'mj-raw'],
  'mj-breakpoint': [],
  'mj-font': [],
  'mj-divider': [],
  'mj-image': [],
  'mj-spacer': [],
  'mj-carousel-image': [],
  'mj-accordion-title': undefined,
  'mj-accordion-text': undefined,
  'mj-button': undefined,
  'mj-navbar-link': undefined,
  'mj-preview': undefined,
  'mj-raw': undefined,
  'mj-social-element': undefined,
  'mj-style': undefined,
  'mj-table': undefined,
  'mj-text': undefined,
  'mj-title': undefined,
}

export const ELEMENTS: readonly string[] = Object.keys(HOLDS)

/**
 * Whether an element may stand in another, and how to mend it where it may not.
 * @param parent undefined: at the top
 */
export function standing(name: string, parent: string | undefined): string | undefined {
  if (parent === 'mj-attributes') return undefined
  if (name === 'mj-attributes' && parent === 'mj-head') return undefined
  if (parent === undefined) return name === 'mjml' ? undefined : 'the outermost element is <mjml>'
  const holds = HOLDS[parent]
  if (holds?.includes(name)) return undefined
  // HTML within what holds HTML.
  if (holds === undefined) return name.startsWith('mj') && name in HOLDS ? `<${parent}> holds HTML only` : undefined
  if (holds.length === 0) return `<${parent}> holds nothing`
  return `<${parent}> holds ${holds.map((each) => `<${each}>`).join(', ')}`
}
