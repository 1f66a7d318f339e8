import { TileworkError } from '../model/errors.js'

/**
 * The number of a version, as a path names it.
 * @param of whose version, for the sentence: `Orchestration jrn_…`
 * @throws TileworkError not_found when it is no number of a version
 */
export function versionNumber(of: string, n: string): number {
  if (/^[1-9]\d{0,8}$/.test(n)) return Number(n)
  throw new TileworkError('not_found', `${of} has no version ${n}.`)
}
