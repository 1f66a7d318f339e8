import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A place that webhooks call. */
export interface Hooks {
  url: string
  /** What it answers; 200 unless told. */
  answer: number
  /** The webhook-id of every call. */
  readonly ids: string[]
  stop(): Promise<void>
}

export async function startHooks(): Promise<Hooks> {
  const server = http.createServer((req, res) => {
    hooks.ids.push(String(req.headers['webhook-id']))
    req.resume().on('end', () => res.writeHead(hooks.answer).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hooks: Hooks = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answer: 200,
    ids: [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return hooks
}
