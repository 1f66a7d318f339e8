import type { TemplateContent, TemplateKind } from '../../api/templates.js'

/** What a template can begin with. Its name and what it is for are sentences of i18n/en/content.json, by its id. */
export interface Starter {
  id: string
  kind: TemplateKind
  channel: 'email' | 'sms' | 'push' | null
  content: TemplateContent
}

const HEAD = `  <mj-head>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="16px" line-height="24px" color="#1f2933" />
      <mj-button background-color="#3b5bdb" border-radius="6px" font-size="16px" inner-padding="12px 24px" align="left" />
    </mj-attributes>
  </mj-head>`

const page = (body: string): string => `<mjml>
${HEAD}
  <mj-body background-color="#f3f4f6">
    <mj-section background-color="#ffffff" border-radius="8px" padding="32px 16px">
      <mj-column>
${body}
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="13px" line-height="20px" color="#52606d" align="center">
          You get this because you are a customer of ours.
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`

export const STARTERS: readonly Starter[] = [
  {
    id: 'welcome',
    kind: 'email',
    channel: 'email',
    content: {
      locale: 'en',
      subject: 'Welcome, {{ customer.traits.name | default: "and thank you" }}',
      mjml: page(`        <mj-text font-size="26px" line-height="32px" font-weight="bold">
          Good to have you, {{ customer.traits.name | default: "friend" }}
        </mj-text>
        <mj-text>Everything is ready. The first steps take five minutes.</mj-text>
        <mj-button href="https://example.com/start">Take the first step</mj-button>
        <mj-text>Questions? Answer this email: a person reads it.</mj-text>`),
    },
  },
  {
    id: 'receipt',
    kind: 'email',
    channel: 'email',
    content: {
      locale: 'en',
      subject: 'Your order {{ entry.properties.order_id | default: "" }}',
      mjml: page(`        <mj-text font-size="26px" line-height="32px" font-weight="bold">Thank you for your order</mj-text>
        <mj-text>Ordered on {{ "now" | format_date: "long" }}.</mj-text>
        <mj-table font-size="16px" line-height="28px">
          {% for item in entry.properties.items %}
          <tr>
            <td>{{ item.name | default: "Item" }}</td>
            <td align="right">{{ item.price | default: 0 | format_currency: "EUR" }}</td>
          </tr>
          {% endfor %}
          <tr style="border-top:1px solid #cbd2d9">
            <td><b>Total</b></td>
            <td align="right"><b>{{ entry.properties.total | default: 0 | format_currency: "EUR" }}</b></td>
          </tr>
        </mj-table>`).replace(
        '{% for item in entry.properties.items %}',
        '{% assign items = entry.properties.items | default: "" %}{% for item in items %}',
      ),
    },
  },
  {
    id: 'plain',
    kind: 'email',
    channel: 'email',
    content: {
      locale: 'en',
      subject: 'A word, {{ customer.traits.name | default: "if I may" }}',
      html: '<p>Hello {{ customer.traits.name | default: "there" }},</p>\n<p>…</p>\n<p>Best wishes</p>\n',
    },
  },
  { id: 'sms', kind: 'text', channel: 'sms', content: { locale: 'en', text: 'Hello {{ customer.traits.name | default: "there" }}: …' } },
  {
    id: 'push',
    kind: 'text',
    channel: 'push',
    content: { locale: 'en', subject: 'Hello {{ customer.traits.name | default: "there" }}', text: 'There is news for you.' },
  },
  {
    id: 'footer',
    kind: 'partial',
    channel: null,
    content: {
      locale: 'en',
      mjml: `<mj-section>
  <mj-column>
    <mj-text font-size="13px" line-height="20px" color="#52606d" align="center">
      Example Ltd · 1 Main Street · <a href="https://example.com">example.com</a>
    </mj-text>
  </mj-column>
</mj-section>
`,
    },
  },
]
