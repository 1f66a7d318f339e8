import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi'
import { STATUS } from './problem.js'
import type { Route } from './route.js'

/** The body of every error. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What is wrong and how to mend it' }),
    code: z.string().meta({ description: 'A stable word for programs' }),
    errors: z.array(
      z.object({
        path: z.string().meta({ description: 'JSON pointer into the body, `?name` of the query, or the name of a header' }),
        code: z.string(),
        message: z.string(),
        tileId: z.string().optional(),
        edgeId: z.string().optional(),
      }),
    ),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

const idempotencyKey = z.string().min(1).max(255).optional().meta({
  description: 'The same key with the same body gets the first answer again, for 24 hours. Other body: 422. First one still running: 409.',
})

const ifMatch = z.string().optional().meta({ description: 'Only if this is still the ETag; else 412' })

/** The OpenAPI 3.1 document, made from the table that is also mounted. */
export function openApi(routes: readonly Route[], version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route)
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tilework',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Durable customer orchestrations on Temporal. In URLs an orchestration is a `journey`.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ key: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, as `Authorization: Bearer <key>`' },
      },
    },
  })
}

function operation(route: Route): ZodOpenApiOperationObject {
  const header = z.object({
    ...(route.method === 'post' && { 'Idempotency-Key': idempotencyKey }),
    ...(route.current !== undefined && { 'If-Match': ifMatch }),
  })
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, route.scope === undefined ? 'Needs no key.' : `Scope: \`${route.scope}\`.`]
      .filter(Boolean)
      .join('\n\n'),
    ...(route.scope === undefined && { security: [] }),
    requestParams: {
      ...(route.params !== undefined && { path: route.params }),
      ...(route.query !== undefined && { query: route.query }),
      ...(Object.keys(header.shape).length > 0 && { header }),
    },
    ...((route.body ?? route.streamed) !== undefined && {
      requestBody: { required: route.body?.safeParse({}).success !== true, content: content(route) },
    }),
    responses: { ...success(route), ...failures(route) },
  }
}

function content(route: Route): NonNullable<ZodOpenApiOperationObject['requestBody']>['content'] {
  return {
    ...(route.body && {
      'application/json': { schema: route.documented ?? route.body, ...(route.example !== undefined && { example: route.example }) },
    }),
    ...Object.fromEntries(
      (route.streamed ?? []).map(({ contentType, description, example }) => [
        contentType,
        { schema: z.string().meta({ description }), example },
      ]),
    ),
  }
}

function success({ answer, alternative, streams }: Route): ZodOpenApiResponsesObject {
  const headers: Record<string, { description: string; schema: { type: 'string' } }> = {}
  if (answer.schema !== undefined) headers['ETag'] = { description: 'Strong; for If-None-Match and If-Match', schema: { type: 'string' } }
  for (const [name, description] of Object.entries(answer.headers ?? {})) headers[name] = { description, schema: { type: 'string' } }
  return {
    [String(answer.status) as '200']: {
      description: answer.description,
      headers,
      ...(answer.schema !== undefined && { content: { 'application/json': { schema: answer.schema } } }),
      ...(streams && { content: Object.fromEntries(streams.map((type) => [type, { schema: z.string() }])) }),
    },
    ...(alternative && {
      [String(alternative.status) as '200']: {
        description: alternative.description,
        content: { 'application/json': { schema: alternative.schema } },
      },
    }),
  }
}

function failures(route: Route): ZodOpenApiResponsesObject {
  const statuses = new Set(route.problems)
  if (route.scope !== undefined) for (const status of [401, 403]) statuses.add(status)
  if (route.method !== 'get') for (const status of [400, 413, 415, 422]) statuses.add(status)
  if (route.method === 'post') statuses.add(409)
  if (route.query !== undefined) statuses.add(422)
  if (route.params !== undefined) statuses.add(404)
  if (route.current !== undefined) statuses.add(412)
  const all: ZodOpenApiResponsesObject = {}
  for (const status of [...statuses].sort()) {
    const description = [...new Set(Object.values(STATUS).filter((known) => known.status === status))]
      .map(({ title }) => title)
      .join(' or ')
    all[String(status) as '400'] = { description, content: { 'application/problem+json': { schema: problemSchema } } }
  }
  return all
}

/** `get /journeys/{id}/members` → `getJourneysIdMembers`; unique because path and verb are. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[/{}-]/).filter(Boolean)
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}
