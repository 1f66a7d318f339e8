import { liquidWith } from './engine.js'

const liquid = liquidWith({ strictVariables: true })
const render = (template: string, locale = 'en', timezone?: string): string =>
  liquid.parseAndRenderSync(template, {}, { globals: { message: { locale }, customer: { traits: { timezone, at: '2026-12-24T23:30:00Z' } } } }).replace(/[\u00A0\u202F]/g, ' ') // prettier-ignore

test.each([
  ['{{ customer.traits.at | format_date }}', 'en', 'Dec 24, 2026'],
  ['{{ customer.traits.at | format_date: "long" }}', 'es-MX', '24 de diciembre de 2026'],
  ['{{ customer.traits.at | format_date: "long", time: "short" }}', 'de', '24. Dezember 2026 um 23:30'],
  ['{{ customer.traits.at | format_date: "short", zone: "Asia/Tokyo" }}', 'en-GB', '25/12/2026'],
  ['{{ "2026-12-24" | format_date: "full", zone: "America/Lima" }}', 'fr', 'jeudi 24 décembre 2026'],
  ['{{ "2026-12-24T09:05" | format_date: "none", time: "short", locale: "de" }}', 'en', '09:05'],
  ['{{ 1782288000 | format_date: "short" }}', 'en-GB', '24/06/2026'],
  ['{{ 1234567.891 | format_number }}', 'de', '1.234.567,891'],
  ['{{ 1234.5 | format_number: digits: 2 }}', 'es-MX', '1,234.50'],
  ['{{ 0.25 | format_number: "percent" }}', 'fr', '25 %'],
  ['{{ "1234.5" | format_currency: "EUR" }}', 'de', '1.234,50 €'],
  ['{{ 12 | format_currency: "JPY" }}', 'ja', '￥12'],
])('%s in %s is %s', (template, locale, text) => expect(render(template, locale)).toBe(text))

test("a date is of the customer's zone", () => {
  expect(render('{{ customer.traits.at | format_date: "short" }}', 'en-GB', 'Europe/Madrid')).toBe('25/12/2026')
  expect(render('{{ customer.traits.at | format_date: "short" }}', 'en-GB', 'nowhere')).toBe('24/12/2026')
})

test.each([
  ['{{ "soon" | format_date }}', /'soon' is no date/],
  ['{{ "now" | format_date: "huge" }}', /'huge' is no style/],
  ['{{ "now" | format_date: zone: "Mars" }}', /'Mars' is no time zone/],
  ['{{ "many" | format_number }}', /'many' is no number/],
  ['{{ 1 | format_currency }}', /no currency/],
  ['{{ 1 | format_number: digits: 99 }}', /0 to 20/],
])('%s is refused', (template, says) => expect(() => render(template)).toThrow(says))
