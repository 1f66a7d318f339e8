import { html, type Html } from '../html.js'
import { layout } from '../layout.js'

/** One orchestration in the list. */
export interface HomeRow {
  id: string
  name: string
  description: string
  status: 'draft' | 'active' | 'paused' | 'completed'
  version: number | null
  updatedAt: Date
  counts: { entered: number; active: number; held: number; parked: number; exited: number }
}

export interface Home {
  rows: HomeRow[]
  nextCursor: string | null
  /** Whether this is the first page. */
  first: boolean
  now: Date
  publicUrl: string
  temporalUiUrl?: string
}

const COUNTS = ['entered', 'active', 'held', 'parked', 'exited'] as const

/** The signed-in page: all orchestrations with state and counts. */
export function homePage(home: Home): string {
  const body = home.rows.length === 0 && home.first ? empty(home.publicUrl) : list(home)
  return layout({
    title: 'Orchestrations',
    nav: { ...(home.temporalUiUrl !== undefined && { temporalUiUrl: home.temporalUiUrl }) },
    body: html`<h1>Orchestrations</h1>
      ${body}`,
  })
}

function list({ rows, nextCursor, first, now }: Home): Html {
  return html`<table class="list">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">State</th>
          ${COUNTS.map((name) => html`<th scope="col" class="number">${capital(name)}</th>`)}
          <th scope="col" class="number">Changed</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => line(row, now))}
      </tbody>
    </table>
    <p class="pages">
      ${!first && html`<a href="/">First page</a>`}
      ${nextCursor !== null && html`<a href="/?cursor=${encodeURIComponent(nextCursor)}">Next page</a>`}
    </p>`
}

function line(row: HomeRow, now: Date): Html {
  const version = row.version === null ? 'no version yet' : `version ${row.version}`
  return html`<tr>
    <th scope="row">
      <span class="name">${row.name}</span>${row.description !== '' && html`<span class="muted clip">${row.description}</span>`}<span
        class="muted"
        ><code>${row.id}</code> · ${version}</span
      >
    </th>
    <td>
      <span class="pill ${row.status}"><span class="dot" aria-hidden="true"></span>${capital(row.status)}</span>
    </td>
    ${COUNTS.map((name) => html`<td class="number ${name}${row.counts[name] === 0 && ' zero'}" data-label="${capital(name)}">${row.counts[name].toLocaleString('en')}</td>`)}
    <td class="number muted" data-label="Changed">
      <time datetime="${row.updatedAt.toISOString()}" title="${row.updatedAt.toISOString()}">${ago(row.updatedAt, now)}</time>
    </td>
  </tr>`
}

function empty(publicUrl: string): Html {
  return html`<section class="card">
    <h2>Nothing here yet</h2>
    <p>
      An orchestration is a customer’s path, drawn as tiles: an entry, messages, waits, branches, an exit. Every customer who enters walks
      it on their own, for as long as it takes. This makes a first one, which sends into the sandbox:
    </p>
    <pre tabindex="0"><code>curl -X POST ${publicUrl}/api/v1/journeys \\
  -H "Authorization: Bearer $TILEWORK_ADMIN_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "Welcome",
    "tiles": [
      { "id": "entry", "type": "entry", "config": { "triggers": [{ "type": "manual" }] } },
      { "id": "hello", "type": "action", "config": {
          "destinationId": "sandbox", "action": "send_email",
          "fields": { "to": "{{ customer.id }}@example.com", "subject": "Welcome" } } },
      { "id": "done", "type": "exit", "config": { "reason": "completed" } }
    ],
    "edges": [
      { "from": "entry", "to": "hello" },
      { "from": "hello", "to": "done" }
    ]
  }'</code></pre>
    <p class="muted">
      The key is <code>TILEWORK_ADMIN_KEY</code> of the settings, or one that <code>npm run tilework -- keys create me</code> makes. Then
      activate it and add customers: <a href="/docs">the API</a> says how.
    </p>
  </section>`
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1)
}

/** "3 min ago"; the exact time is in the element's title. */
function ago(then: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 60 * 24) return `${Math.floor(minutes / 60)} h ago`
  return `${Math.floor(minutes / 60 / 24)} d ago`
}
