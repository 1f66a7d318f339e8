import { html, type Html } from './html.js'

/** What the frame around a page needs. */
export interface Frame {
  title: string
  /** Absent: nobody is signed in, so there is no navigation. */
  nav?: { temporalUiUrl?: string }
  body: Html
}

/** A whole page. No script, no inline style: the Content-Security-Policy allows neither. */
export function layout({ title, nav, body }: Frame): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Tilework</title>
        <link rel="icon" href="/static/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/inter/index.css" />
        <link rel="stylesheet" href="/static/tilework.css" />
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/"><img src="/static/mark.svg" width="20" height="20" alt="" /><span>Tilework</span></a>
          ${nav && navigation(nav.temporalUiUrl)}
        </header>
        <main>${body}</main>
      </body>
    </html>`.text
}

function navigation(temporalUiUrl?: string): Html {
  return html`<nav aria-label="Site">
    <a href="/docs">API</a>
    ${temporalUiUrl && html`<a href="${temporalUiUrl}" rel="noreferrer">Temporal</a>`}
    <form method="post" action="/sign-out"><button class="quiet" type="submit">Sign out</button></form>
  </nav>`
}
