import type { Readable } from 'node:stream'
import { SendError } from '../vendor.js'

/** Most that is read of an answer, in bytes. */
export const MAX_ANSWER_BYTES = 65_536

/** Reads a body up to a cap. @throws SendError permanent `answer_too_large` */
export async function limitedBody(body: Readable, most = MAX_ANSWER_BYTES): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > most) {
      body.destroy()
      throw new SendError('permanent', 'answer_too_large', `The answer is longer than ${most / 1024} KB.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
