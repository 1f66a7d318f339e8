import { compile } from 'html-to-text'

/** What a reader of HTML sees is what a reader of text gets: nothing that is hidden, and no pictures. */
const HIDDEN = ['[style*="display:none"]', '[style*="display: none"]', 'style', 'script', 'img', 'title']

const convert = compile({
  wordwrap: false,
  preserveNewlines: false,
  limits: { maxInputLength: 2_097_152, maxDepth: 200, ellipsis: '…' },
  selectors: [
    ...HIDDEN.map((selector) => ({ selector, format: 'skip' })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, linkBrackets: ['(', ')'] } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ],
})

/** The plain text of an HTML message: its links are kept, behind what they stand on. */
export const textOfHtml = (html: string): string =>
  convert(html)
    .replace(/[\u200B\u200C\u00AD\uFEFF]/g, '')
    .replace(/[ \t\u00A0]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
