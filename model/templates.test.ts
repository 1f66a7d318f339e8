import { directionOf, fallbacksOf, fieldsOf, isMjml, localeOf, variantOf } from './templates.js'

test.each([
  ['es_mx', 'es-MX'],
  ['zh-hant-tw', 'zh-Hant-TW'],
  ['en', 'en'],
  ['x', undefined],
  ['', undefined],
  [7, undefined],
  ['a'.repeat(100), undefined],
])('%j is %j', (text, locale) => expect(localeOf(text)).toBe(locale))

test('a tag falls back part by part, and never to a lone letter', () => {
  expect(fallbacksOf('zh-Hant-TW')).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh'])
  expect(fallbacksOf('de-DE-u-co-phonebk')).toEqual(['de-DE-u-co-phonebk', 'de-DE-u-co', 'de-DE', 'de'])
})

const content = {
  locale: 'en',
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  locales: { es: { subject: 'Hola', html: '<p>Hola</p>' }, 'es-MX': { subject: '¿Qué tal?' }, ar: { html: '<p>مرحبا</p>' } },
}

test.each([
  ['es-MX', 'es', 'es-MX', '¿Qué tal?', '<p>Hola</p>'],
  ['es-AR', 'es', 'es-AR', 'Hola', '<p>Hola</p>'],
  ['ar-EG', 'ar', 'ar-EG', 'Hello', '<p>مرحبا</p>'],
  ['fr-FR', 'en', 'en', 'Hello', '<p>Hello</p>'],
  ['en-GB', 'en', 'en-GB', 'Hello', '<p>Hello</p>'],
  [undefined, 'en', 'en', 'Hello', '<p>Hello</p>'],
])('%s gets the body in %s, dates as %s', (wanted, locale, formats, subject, html) => {
  const variant = variantOf(content, wanted)
  expect(variant).toMatchObject({ locale, formats, parts: { subject, html } })
  // A text of another language is no text of this one.
  expect(variant.parts.text).toBe(locale === 'en' ? 'Hello' : undefined)
})

test('languages say their direction', () => {
  expect(['ar', 'he-IL', 'fa', 'ur', 'az-Arab', 'en', 'es-MX', 'az', 'ja'].map(directionOf)).toEqual([
    'rtl', 'rtl', 'rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr', 'ltr',
  ]) // prettier-ignore
})

test('parts fill the fields that an action has', () => {
  const parts = { subject: 's', html: 'h', text: 't' }
  expect(fieldsOf(parts, ['to', 'subject', 'html', 'text'])).toEqual({ subject: 's', html: 'h', text: 't' })
  expect(fieldsOf(parts, ['to', 'body'])).toEqual({ body: 't' })
  expect(fieldsOf({ mjml: 'm', html: 'h' }, ['html'])).toEqual({ html: 'm' })
  expect(fieldsOf(parts, ['to', 'title', 'body', 'url'])).toEqual({ title: 's', body: 't' })
})

test('MJML says itself that it is', () => {
  expect(['<mjml>', ' <!-- x -->\n<mjml lang="es">', '<mjmlx>', '<p><mjml>', 'mjml'].map(isMjml)).toEqual([true, true, false, false, false])
})
