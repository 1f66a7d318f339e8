import { html } from './html.js'

it('escapes what is not HTML, between tags and in attributes', () => {
  const hostile = `"><script>alert('x')</script>&`
  expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>',
  )
})

it('keeps what is HTML, and lists of it', () => {
  const items = ['<', 'b'].map((item) => html`<li>${item}</li>`)
  // prettier-ignore
  expect(html`<ul>${items}</ul>${null}${false}${0}`.text).toBe('<ul><li>&lt;</li><li>b</li></ul>0')
})
