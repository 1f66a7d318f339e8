/** In place of what nobody may read. */
export const HIDDEN = '••••'

/** Names of headers whose values let somebody in, wherever they come from. */
const SENSITIVE = /(^|[-_])auth(entication|orization)?([-_]|$)|cookie|token|secret|passw|credential|signature|(?<!idempotency[-_])key$/i

/** Fields of a webhook (`headers.<name>` …) without the values of sensitive headers, and without secrets that came in by another way, such as an answer that was saved. */
export function redacted(fields: Record<string, string>, secrets: readonly string[]): Record<string, string> {
  const shown = ([name, text]: [string, string]): [string, string] => {
    const header = name.startsWith('headers.') ? name.slice('headers.'.length) : ''
    return [name, SENSITIVE.test(header) ? HIDDEN : (withoutSecrets(text, secrets) as string)]
  }
  return Object.fromEntries(Object.entries(fields).map(shown))
}

/** Texts at any depth without these secrets, as they are and as JSON and URLs write them. */
export function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.flatMap(written).reduce((text, secret) => text.replaceAll(secret, HIDDEN), value)
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutSecrets(each, secrets)]))
}

/** A secret as texts may have it; one that is empty hides nothing. */
const written = (secret: string): string[] =>
  secret === '' ? [] : [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
