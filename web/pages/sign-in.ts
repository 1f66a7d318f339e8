import { html } from '../html.js'
import { layout } from '../layout.js'

/** The page of a sign-in link. It only shows a button: programs that look at links in mails and chats must not use the link up. */
export function signInPage(token: string): string {
  return layout({
    title: 'Sign in',
    body: html`<section class="card narrow">
      <h1>Sign in to Tilework</h1>
      <p>This link works once. The button opens a session in this browser.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="token" value="${token}" />
        <button class="primary" type="submit">Sign in</button>
      </form>
    </section>`,
  })
}

/** What a visitor without a session sees. */
export function signedOutPage(): string {
  return layout({
    title: 'Sign in',
    body: html`<section class="card narrow">
      <h1>You are not signed in</h1>
      <p>
        Tilework opens with a link that works once. <code>npm start</code> prints one when it starts for the first time; the command below
        makes a new one.
      </p>
      <pre><code>npm run -s sign-in</code></pre>
      <p class="muted">Run it in the folder that Tilework was started from. Programs use an API key: see <a href="/docs">the API</a>.</p>
    </section>`,
  })
}

/** A link that is used, too old or mistyped. */
export function badLinkPage(): string {
  return layout({
    title: 'This link does not work',
    body: html`<section class="card narrow">
      <h1>This link does not work</h1>
      <p>
        A sign-in link works once and for a limited time. This one was used before, is too old, or was not copied whole. Make a new one:
      </p>
      <pre><code>npm run -s sign-in</code></pre>
    </section>`,
  })
}

/**
 * For who comes by a link of another site: browsers keep the session's cookie back then, and bring it along when a page of ours leads on. Loads
 * the address once more.
 */
export function arrivedPage(): string {
  return layout({
    title: 'Opening',
    reload: true,
    body: html`<section class="card narrow">
      <h1>Opening Tilework</h1>
      <p>If nothing happens, <a href="">go on</a>.</p>
    </section>`,
  })
}
