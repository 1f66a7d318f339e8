import { createHash, createHmac } from 'node:crypto'

/** Who signs, and where. */
export interface Signer {
  accessKeyId: string
  secretAccessKey: string
  region: string
  service: string
}

/** What is signed. No path of SES needs encoding. */
export interface Signable {
  method: string
  url: string
  /** All that go with it but the host's; names in lower case. */
  headers: Record<string, string>
  body: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * Signs a request by AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * @param at when it is sent: AWS takes it for some minutes
 * @returns its headers with those of the signature
 */
export function signed({ method, url, headers, body }: Signable, signer: Signer, at: Date): Record<string, string> {
  const { host, pathname, searchParams } = new URL(url)
  // 20261126T103000Z
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '')
  const sent: Record<string, string> = { ...headers, 'x-amz-date': time }
  const covered = Object.entries({ ...sent, host }).sort(byName)
  const names = covered.map(([name]) => name).join(';')
  const lines = covered.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`)
  const canonical = [method, pathname, queryOf(searchParams), lines.join(''), names, sha256(body)].join('\n')
  const scope = `${time.slice(0, 8)}/${signer.region}/${signer.service}/aws4_request`
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part).digest(), `AWS4${signer.secretAccessKey}`)
  const signature = hmac(key, [ALGORITHM, time, scope, sha256(canonical)].join('\n')).digest('hex')
  const authorization = `${ALGORITHM} Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...sent, authorization }
}

const queryOf = (query: URLSearchParams): string =>
  [...query]
    .map((pair): [string, string] => [uriEncoded(pair[0]), uriEncoded(pair[1])])
    .sort(byName)
    .map((pair) => pair.join('='))
    .join('&')

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : a > b ? 1 : 0)

const uriEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text)
