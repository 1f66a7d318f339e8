import fs from 'node:fs'
import path from 'node:path'
import { createInstance, getHttpOperationsFromSpec, type IHttpConfig, type IHttpRequest } from '@stoplight/prism-http'
import { pino } from 'pino'
import type { Reply, Seen } from '../stub.js'
import { undocumented } from './undocumented.js'

/** An OpenAPI document, as far as it is looked at here. */
export interface OpenApi {
  info: { title: string; version: string }
  servers: { url: string }[]
  paths: Record<string, { post?: { requestBody?: { content: Record<string, { schema: OpenApiSchema }> } } }>
  components: { schemas: Record<string, OpenApiSchema> }
}

/** An operation as Prism has it. */
export type Operation = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>[number]

/** A schema of a document. */
export interface OpenApiSchema {
  type?: string
  format?: string
  required?: string[]
  properties?: Record<string, OpenApiSchema>
  [more: string]: unknown
}

/** What Prism says of a request. */
export interface Reading {
  /** The operation that it is, such as `POST /mail/send`; undefined when it is none. */
  operation?: Operation
  /** What of it is not by the document: `body.from required`. */
  faults: string[]
}

/** An answer that a document has. */
export interface Documented {
  code: number
  example?: string
}

/** Prism with a document. */
export interface Prism {
  read(seen: Seen): Promise<Reading>
  /** What the document answers to a request, whatever the request is like. */
  answer(seen: Seen, how: Documented): Promise<Reply>
}

/** A document as it is published. @param file in the folder of documents */
export function published(file: string): OpenApi {
  const folder = process.env.OPENAPI_PATH
  if (!folder) throw new Error('The documents are in OPENAPI_PATH, which `npm test` sets.')
  return JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as OpenApi
}

const CONFIG: IHttpConfig = {
  isProxy: false,
  upstreamProxy: undefined,
  checkSecurity: true,
  validateRequest: true,
  validateResponse: false,
  errors: true,
  mock: { dynamic: false },
}
/** Takes every request. */
const LENIENT: IHttpConfig = { ...CONFIG, checkSecurity: false, validateRequest: false }

const logger = pino({ level: 'silent', customLevels: { success: 35 } }) as unknown as Parameters<typeof createInstance>[1]['logger']

/** Prism with some paths of a document. */
export async function startPrism(document: OpenApi, paths: readonly string[]): Promise<Prism> {
  const used = { ...document, paths: Object.fromEntries(paths.map((each) => [each, document.paths[each] ?? {}])) }
  const operations = await getHttpOperationsFromSpec(used)
  // It checks as always, and says in place of an answer which operation it was.
  const checking = createInstance(CONFIG, { logger, mock: ({ resource }) => () => ({ _tag: 'Right', right: { statusCode: 200, body: resource } }) }) // prettier-ignore
  const mocking = createInstance(LENIENT, { logger })
  return {
    read: async (seen) => {
      const input = inputOf(seen, document)
      if (!input) return { faults: [`${seen.host}${seen.path} is on no server of the document`] }
      const said = await checking.request(input, operations)()
      if (said._tag === 'Left') return { faults: [said.left.message] }
      const operation = said.right.output.body as Operation
      const wrong = said.right.validations.input.map(({ path = [], code, message }) => `${path.join('.')} ${code}: ${message}`)
      return { operation, faults: [...wrong, ...undocumented(operation, seen).map((at) => `${at} undocumented`)] }
    },
    answer: async (seen, { code, example }) => {
      const mock = { dynamic: false, code, ...(example !== undefined && { exampleKey: example }) }
      const said = await mocking.request(inputOf(seen, document)!, operations, { ...LENIENT, mock })()
      if (said._tag === 'Left') throw said.left
      const { statusCode, headers = {}, body } = said.right.output
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return { status: statusCode, headers: textsOf(headers), text: text ?? '' }
    },
  }
}

/** Every answer that a document has of an operation, by its examples. */
export const answersOf = ({ responses }: Operation): Documented[] =>
  responses.flatMap(({ code, contents = [] }) => {
    const examples = contents[0]?.examples?.map(({ key }) => key) ?? []
    // What is left is 'default', which has no status.
    if (!/^\d+$/.test(code)) return []
    return examples.length === 0 ? [{ code: Number(code) }] : examples.map((example) => ({ code: Number(code), example }))
  })

const textsOf = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** A request as Prism reads it; undefined when it is on no server of the document. */
function inputOf({ method, host, path, query, headers, body }: Seen, { servers }: OpenApi): IHttpRequest | undefined {
  const base = servers.flatMap(({ url }) => serverPattern(url).exec(host + path)?.[0] ?? [])[0]
  if (base === undefined) return undefined
  const isJson = headers['content-type']?.startsWith('application/json')
  return {
    method: method.toLowerCase() as IHttpRequest['method'],
    url: { path: (host + path).slice(base.length) || '/', query: Object.fromEntries(query) },
    headers: headers as Record<string, string>,
    // An empty form is one that lacks everything.
    ...(headers['content-type'] !== undefined && { body: isJson ? (JSON.parse(body) as unknown) : body }),
  }
}

/** Host and folder of a server, with its variables; documents say http where vendors want https. */
function serverPattern(url: string): RegExp {
  const place = url.replace(/^(https?:)?\/\//, '').replace(/\/$/, '')
  return new RegExp(`^${place.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}(?=/|$)`)
}

/** Gives every name of a document's schemas a second form: `fcm_options` beside `fcmOptions`. */
export function camelAndSnake({ components: { schemas } }: OpenApi): void {
  for (const schema of Object.values(schemas))
    for (const [name, own] of Object.entries(schema.properties ?? {}))
      schema.properties![name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = own
}
