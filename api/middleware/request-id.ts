import type { RequestHandler } from 'express'
import { newId } from '../../model/ids.js'

/** What a caller's own `x-request-id` may look like; anything else is replaced. */
const ACCEPTABLE = /^[A-Za-z0-9._:-]{1,128}$/

/** Takes the caller's `x-request-id` or makes one, and sends it back: one id through logs, errors and the audit log. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id')
  const id = given !== undefined && ACCEPTABLE.test(given) ? given : newId('req')
  req.id = id
  res.setHeader('x-request-id', id)
  next()
}
