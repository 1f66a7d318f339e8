import { html, type Html } from './html.js'

/** What the frame around a page needs. */
export interface Frame {
  title: string
  body: Html
  /** BCP 47; English unless told. */
  lang?: string
  /** Who speaks, where it is not Tilework: in place of its mark. */
  brand?: string
  /** Loads the page once more at once. */
  reload?: boolean
}

const OURS = html`<a class="brand" href="/"><img src="/static/mark.svg" width="20" height="20" alt="" /><span>Tilework</span></a>`

/** A whole page of those around the application. No script, no inline style: the Content-Security-Policy allows neither. */
export function layout({ title, body, lang = 'en', brand, reload = false }: Frame): string {
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${reload && html`<meta http-equiv="refresh" content="0" />`}
        <meta name="color-scheme" content="light dark" />
        <title>${[title, brand ?? 'Tilework'].filter(Boolean).join(' · ')}</title>
        <link rel="icon" href="/static/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/inter/index.css" />
        <link rel="stylesheet" href="/static/tilework.css" />
      </head>
      <body>
        <header class="top">${brand === undefined ? OURS : html`<span class="brand">${brand}</span>`}</header>
        <main>${body}</main>
      </body>
    </html>`.text
}
