import { createHash } from 'node:crypto'
import express, { type Request, type Response } from 'express'
import { TileworkError } from '../../model/errors.js'
import { parseJson } from '../json.js'
import { tooLarge } from '../problem.js'
import type { Call, Route } from '../route.js'

/** Largest body of a route that says nothing else, in bytes. */
export const DEFAULT_LIMIT = 1024 * 1024

/** A body as read: its value (undefined when there was none) and the SHA-256 of its bytes. */
export interface ReadBody {
  value: unknown
  hash: string
  /** Read by the route's own reader: parsed already. */
  streamed?: true
}

/**
 * Reads the body of a request to a route, by its Content-Type.
 * @throws TileworkError too_large, unsupported_media_type, bad_request, invalid
 */
export async function readBody(req: Request, res: Response, route: Route, call: Call<never, never, never>): Promise<ReadBody> {
  const type = (req.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  const streamed = route.streamed?.find(({ contentType }) => contentType === type)
  if (streamed) return { ...(await streamed.read(req, call)), streamed: true }
  const limit = route.limit ?? DEFAULT_LIMIT
  const bytes = await readBytes(req, res, limit)
  const hash = createHash('sha256').update(bytes).digest('hex')
  const takesJson = route.body !== undefined || route.streamed === undefined
  if (bytes.length === 0 && takesJson) return { value: undefined, hash }
  if (!takesJson || (type !== 'application/json' && !type.endsWith('+json'))) {
    const wanted = [...(takesJson ? ['application/json'] : []), ...(route.streamed ?? []).map(({ contentType }) => contentType)].join(
      ' or ',
    )
    const sent = type === '' ? 'no Content-Type' : `Content-Type ${type.slice(0, 80)}`
    throw new TileworkError('unsupported_media_type', `The body came with ${sent}. Send it as ${wanted}.`, [
      { path: 'Content-Type', code: 'unsupported', message: `It must be ${wanted}.` },
    ])
  }
  return { value: parseJson(bytes), hash }
}

const readers = new Map<number, express.RequestHandler>()

function readBytes(req: Request, res: Response, limit: number): Promise<Buffer> {
  let reader = readers.get(limit)
  if (reader === undefined) readers.set(limit, (reader = express.raw({ type: () => true, limit })))
  return new Promise((resolve, reject) => {
    void reader(req, res, (error?: unknown) => {
      if (error !== undefined) reject((error as { type?: string }).type === 'entity.too.large' ? tooLarge(limit) : error)
      else resolve(Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0))
    })
  })
}
