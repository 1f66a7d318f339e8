import { Validator } from '@seriousme/openapi-schema-validator'
import { startTestApi, type TestApi } from '../test/support/api.js'
import { ROUTES } from './routes/index.js'

interface Operation {
  operationId: string
  parameters?: { in: string; name: string }[]
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
  security?: unknown[]
}

let test: TestApi
let text: string
let document: { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } }
beforeAll(async () => {
  test = await startTestApi()
  text = await (await fetch(`${test.url}/api/v1/openapi.json`)).text()
  document = JSON.parse(text)
})
afterAll(() => test.stop())

it('is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toBe('3.1.0')
  const { valid, errors } = await new Validator().validate(JSON.parse(text))
  expect([valid, errors]).toEqual([true, undefined])
})

it('describes every route and nothing else, each with its own name', () => {
  const described = Object.entries(document.paths).flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb} ${path}`))
  expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort())
  const names = Object.values(document.paths).flatMap((verbs) => Object.values(verbs).map(({ operationId }) => operationId))
  expect(new Set(names).size).toBe(names.length)
})

it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s tells parameters, body and answers',
  (_name, route) => {
    const operation = document.paths[route.path]![route.method]!
    const named = (place: string): string[] => (operation.parameters ?? []).filter((each) => each.in === place).map(({ name }) => name)
    expect(named('path')).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    expect(named('query')).toEqual(Object.keys(route.query?.shape ?? {}))
    expect(named('header').includes('Idempotency-Key')).toBe(route.method === 'post')
    expect(operation.requestBody !== undefined).toBe((route.body ?? route.streamed) !== undefined)
    if (route.body) expect(operation.requestBody!.content['application/json']!.example).toEqual(route.example)
    for (const { contentType, example } of route.streamed ?? []) expect(operation.requestBody!.content[contentType]!.example).toBe(example)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining([String(route.answer.status), '401', '403']))
    for (const [status, response] of Object.entries(operation.responses)) {
      const types = Object.keys(response.content ?? {})
      if (Number(status) >= 400) expect(types).toEqual(['application/problem+json'])
    }
  },
)

it('has all that it refers to', () => {
  for (const [, ref] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
    expect(document.components.schemas).toHaveProperty([ref!])
})

it('describes the canvas where it is written', () => {
  const { schema } = document.paths['/journeys']!['post']!.requestBody!.content['application/json']!
  expect(schema).toEqual({ $ref: '#/components/schemas/OrchestrationInput' })
  for (const type of ['Entry', 'Wait', 'Branch', 'Action', 'UpdateProfile', 'Webhook', 'SubOrchestration', 'Exit'])
    expect(document.components.schemas).toHaveProperty(`${type}Tile`)
  expect(text).toContain('onAmbiguous')
})

it('publishes the JSON Schema of the canvas', async () => {
  const answer = await fetch(`${test.url}/api/v1/schemas/canvas.json`)
  expect(answer.headers.get('content-type')).toMatch(/^application\/schema\+json/)
  expect(await answer.json()).toMatchObject({
    $schema: expect.stringContaining('2020-12'),
    type: 'object',
    required: expect.arrayContaining(['tiles']) as string[],
  })
})

it('serves /docs from here alone', async () => {
  const page = await fetch(`${test.url}/docs/`)
  const html = await page.text()
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    expect(file).toMatch(/^\/docs\//)
    expect((await fetch(test.url + file)).status).toBe(200)
  }
  expect(html).not.toMatch(/<script>|<style>|style="/)
})
