/** What every secret of the test has in it. */
const MARK = 'S3CRET'

/**
 * Looks for secrets in texts, as they are and as JSON, URLs, HTML and base64 may have them.
 * @param read what it is, and its text
 * @param others secrets without the mark
 * @returns where they are, with what stands around
 */
export function leaksIn(read: readonly (readonly [string, string])[], others: readonly string[]): string[] {
  const marks = [...new Set([MARK, ...others])]
  return read.flatMap(([what, text]) => {
    for (const view of viewsOf(text))
      for (const mark of marks) {
        const at = view.indexOf(mark)
        if (at >= 0) return [`${what}: …${view.slice(Math.max(0, at - 60), at + 30)}…`]
      }
    return []
  })
}

function viewsOf(text: string): string[] {
  const unescaped = text.replace(/\\u00([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))).replace(/\\+(["/\\])/g, '$1')
  const url = unescaped.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  return [text, unescaped, url, base64In(text)]
} // prettier-ignore

/** What is in base64, from wherever it begins. */
const base64In = (text: string): string =>
  [...text.matchAll(/[A-Za-z0-9+/_-]{12,}/g)]
    .flatMap(([run]) => [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64').toString('latin1')))
    .join('\n')
