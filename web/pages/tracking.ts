import { html } from '../html.js'
import { layout } from '../layout.js'

/** What a customer sees whose link is not one of ours. */
export const badTrackingLinkPage = (): string =>
  layout({
    title: 'This link does not work',
    body: html`<section class="card narrow">
      <h1>This link does not work</h1>
      <p>It was not copied whole, or it was changed. Open the message once more and follow the link from there.</p>
    </section>`,
  })
