import { html, type Html } from '../html.js'
import { layout } from '../layout.js'
import { say, type Words } from './unsubscribe-words.js'

/** A topic on the page. */
export interface ShownTopic {
  id: string
  name: string
  description: string
  /** Whether they get it, as far as the topic goes. */
  on: boolean
}

/** What the page is about. */
export interface Subscriptions {
  words: Words
  /** Who sends. */
  of: string
  channel: string
  /** Whether the channel is on. */
  on: boolean
  topics: readonly ShownTopic[]
  /** The topic of the message. */
  topic?: ShownTopic | undefined
  /** After something was said: whether it changed anything, and what was said before, as `undo` puts it back. */
  done?: { changed: boolean; before: readonly (readonly [name: string, value: string])[] } | undefined
}

/**
 * Where a customer unsubscribes. Nothing happens by looking at it: programs follow links of mails. Forms post to the page's own address, and no script
 * is needed.
 */
export function unsubscribePage(shown: Subscriptions): string {
  const { words, of, on, topic, done } = shown
  const blanks = { of, channel: words.channels[shown.channel] ?? words.channels.chat!, topic: topic?.name ?? '' }
  const t = (sentence: string): string => say(sentence, blanks)
  const gets = on && (topic?.on ?? true)
  return layout({
    lang: words.lang,
    brand: of,
    title: words.title,
    body: html`<section class="card narrow preferences">
      <h1>${words.title}</h1>
      ${done && noticeOf(words, done)}
      <p>${t(!on ? words.off : topic && gets ? words.aboutTopic : words.about)}</p>
      ${
        on &&
        html`<form method="post" class="stops">
          ${topic?.on && html`<button class="primary" name="do" value="topic">${t(words.stopTopic)}</button>`}
          <button class="${topic?.on ? 'quiet' : 'primary'}" name="do" value="channel">${t(words.stopChannel)}</button>
        </form>`
      }
      <form method="post">
        <fieldset>
          <legend>${words.choices}</legend>
          ${shown.topics.length > 0 && html`<p class="muted">${t(words.choicesHint)}</p>`}
          ${choice('channel', 'on', on, t(words.wholeChannel), '')} ${shown.topics.map((each) => topicChoice(each))}
        </fieldset>
        <button class="quiet" name="do" value="save">${words.save}</button>
      </form>
    </section>`,
  })
}

const topicChoice = ({ id, name, description, on }: ShownTopic): Html =>
  html`<input type="hidden" name="shown" value="${id}" />${choice('topic', id, on, name, description)}`

const choice = (name: string, value: string, on: boolean, label: string, hint: string): Html =>
  html`<label>
    <input type="checkbox" name="${name}" value="${value}" ${on && html`checked`} />
    <span>${label}${hint !== '' && html`<small class="muted">${hint}</small>`}</span>
  </label>`

const noticeOf = (words: Words, { changed, before }: NonNullable<Subscriptions['done']>): Html =>
  html`<div class="notice" role="status">
    <p>${changed ? words.saved : words.savedNothing}</p>
    ${
      changed &&
      html`<form method="post">
        ${before.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <button class="quiet" name="do" value="undo">${words.undo}</button>
      </form>`
    }
  </div>`

/** A link that is mistyped, or whose customer is gone. */
export const noSuchLinkPage = (words: Words): string =>
  layout({
    lang: words.lang,
    brand: '',
    title: words.gone,
    body: html`<section class="card narrow">
      <h1>${words.gone}</h1>
      <p>${words.goneWhy}</p>
    </section>`,
  })
