import { html, type Html } from './html.js'

/** What the frame around a page needs. */
export interface Frame {
  title: string
  body: Html
  /** Loads the page once more at once. */
  reload?: boolean
}

/** A whole page of those around signing in. No script, no inline style: the Content-Security-Policy allows neither. */
export function layout({ title, body, reload = false }: Frame): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${reload && html`<meta http-equiv="refresh" content="0" />`}
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Tilework</title>
        <link rel="icon" href="/static/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/inter/index.css" />
        <link rel="stylesheet" href="/static/tilework.css" />
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/"><img src="/static/mark.svg" width="20" height="20" alt="" /><span>Tilework</span></a>
        </header>
        <main>${body}</main>
      </body>
    </html>`.text
}
