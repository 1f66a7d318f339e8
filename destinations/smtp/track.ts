import { rewriteLinks } from '../html/links.js'
import type { Tracking } from '../vendor.js'

/** What is to be seen of a message. */
export interface Tracked {
  opens: boolean
  clicks: boolean
}

/**
 * HTML in which links lead by way of us, and with a picture at its end whose loading says that it was opened. Everything else stays as it was, to the
 * character; the same HTML and links give the same.
 */
export function trackedHtml(html: string, { openUrl, clickUrl }: Tracking, { opens, clicks }: Tracked): string {
  const linked = clicks ? rewriteLinks(html, clickUrl) : html
  if (!opens) return linked
  const end = [...linked.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? linked.length
  return `${linked.slice(0, end)}<img src="${openUrl}" width="1" height="1" alt="" style="border:0">${linked.slice(end)}`
}
