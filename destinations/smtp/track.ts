import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import type { Tracking } from '../vendor.js'

/** What is to be seen of a message. */
export interface Tracked {
  opens: boolean
  clicks: boolean
}

/** Text in place of a part of a text. */
interface Edit {
  from: number
  to: number
  text: string
}

/**
 * HTML in which links lead by way of us, and with a picture at its end whose loading says that it was opened. Everything else stays as it was, to the
 * character; the same HTML and links give the same.
 */
export function trackedHtml(html: string, { openUrl, clickUrl }: Tracking, { opens, clicks }: Tracked): string {
  if (!opens && !clicks) return html
  const document = parse(html, { sourceCodeLocationInfo: true })
  const edits = new Map<number, Edit>()
  let end = html.length
  for (const element of elementsOf(document)) {
    if (element.tagName === 'body') end = element.sourceCodeLocation?.endTag?.startOffset ?? end
    const edit = clicks ? linkEdit(element, clickUrl) : undefined
    // Of misnested markup the parser makes one link into several.
    if (edit) edits.set(edit.from, edit)
  }
  if (opens) edits.set(end, { from: end, to: end, text: `<img src="${openUrl}" width="1" height="1" alt="" style="border:0">` })
  return edited(html, [...edits.values()])
}

function linkEdit(element: Tree.Element, clickUrl: Tracking['clickUrl']): Edit | undefined {
  if (element.tagName !== 'a' && element.tagName !== 'area') return undefined
  const href = element.attrs.find(({ name, prefix }) => name === 'href' && prefix === undefined)
  const at = element.sourceCodeLocation?.attrs?.href
  const url = href && at && clickUrl(href.value)
  return url === undefined ? undefined : { from: at!.startOffset, to: at!.endOffset, text: `href="${url}"` }
}

function* elementsOf(node: Tree.ParentNode): Generator<Tree.Element> {
  for (const child of node.childNodes) {
    if (!('tagName' in child)) continue
    yield child
    yield* elementsOf('content' in child ? child.content : child)
  }
}

function edited(text: string, edits: Edit[]): string {
  let made = ''
  let at = 0
  for (const { from, to, text: instead } of edits.sort((a, b) => a.from - b.from)) {
    made += text.slice(at, from) + instead
    at = to
  }
  return made + text.slice(at)
}
