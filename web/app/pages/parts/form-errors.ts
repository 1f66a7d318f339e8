import { ApiProblem } from '../../api/problem.js'

/** What an error says that stands at none of a form's fields; undefined when every part of it does. */
export function elsewhere(error: Error | null, isShown: (path: string) => boolean): string | undefined {
  if (error === null) return undefined
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return error.message
  const rest = error.errors.filter(({ path }) => path === undefined || !isShown(path))
  return rest.length === 0 ? undefined : rest.map(({ message }) => message).join(' ')
}

/** What an error says about one field of the body. */
export const about = (error: Error | null, path: string): string | undefined =>
  error instanceof ApiProblem ? error.about(path) : undefined
