import type { Seen } from '../stub.js'
import type { Operation } from './prism.js'

/*
 * OpenAPI lets everything through that a document does not speak of, so a name that is written wrong would be a name more. Here it is a fault.
 */

/** As much of a JSON schema as says which names there are. */
interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  additionalProperties?: unknown
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

/** What of a request its operation does not speak of, as paths: `body.From.Name`, `query.page`. */
export function undocumented(operation: Operation, { query, headers, json, form }: Seen): string[] {
  const asked = operation.request?.query?.map(({ name }) => name) ?? []
  const type = headers['content-type']?.split(';')[0]
  const content = operation.request?.body?.contents?.find(({ mediaType }) => mediaType === type)
  const body = type === 'application/json' ? json : Object.fromEntries(form)
  return [
    ...[...query.keys()].filter((name) => !asked.includes(name)).map((name) => `query.${name}`),
    ...(content ? unspoken(body, [content.schema as Schema], operation, 'body') : []),
  ]
}

/** What of a value none of its schemas speaks of. @param root of references */
function unspoken(value: unknown, schemas: (Schema | undefined)[], root: object, at: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const all = schemas.flatMap((schema) => partsOf(schema, root))
  if (Array.isArray(value)) {
    const items = all.map((schema) => schema.items)
    return value.flatMap((each, index) => unspoken(each, items, root, `${at}.${index}`))
  }
  // An object of which nothing is said may have anything.
  const free = all.every(({ properties }) => !properties) || all.some(({ additionalProperties }) => additionalProperties)
  return Object.entries(value).flatMap(([name, each]) => {
    const own = all.flatMap(({ properties }) => properties?.[name] ?? [])
    if (own.length === 0) return free ? [] : [`${at}.${name}`]
    return unspoken(each, own, root, `${at}.${name}`)
  })
}

/** A schema and those that it is made of. */
function partsOf(schema: Schema | undefined, root: object): Schema[] {
  if (!schema) return []
  const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema
  const meant = $ref
    ?.slice(2)
    .split('/')
    .reduce<unknown>((found, name) => (found as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')], root)
  return [schema, ...[meant as Schema | undefined, ...allOf, ...anyOf, ...oneOf].flatMap((each) => partsOf(each, root))]
}
