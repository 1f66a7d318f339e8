/** What a field is wrong about, as the API says it. */
export interface FieldProblem {
  /** JSON pointer in the body, `?name` for the query. */
  path?: string
  code: string
  message: string
  tileId?: string
  edgeId?: string
}

/** An error of the API (RFC 9457), or that it could not be reached (`status` 0, `code` `offline`). */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  constructor(
    readonly status: number,
    readonly code: string,
    /** A sentence for people: what happened, why, what to do. */
    readonly detail: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly requestId?: string,
    /** Everything else of the answer, such as `state` of what is in the wrong one. */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail)
  }

  /** What is said about one field of the body: `/name`. */
  about(path: string): string | undefined {
    return this.errors.find((error) => error.path === path)?.message
  }
}

/** Makes the error of an answer that is not 2xx. */
export async function problemOf(answer: Response): Promise<ApiProblem> {
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
  const { code, detail, errors, requestId, type: _type, title: _title, status: _status, ...extra } = body
  return new ApiProblem(
    answer.status,
    typeof code === 'string' ? code : 'unknown',
    typeof detail === 'string' ? detail : `${answer.status} ${answer.statusText}`,
    Array.isArray(errors) ? (errors as FieldProblem[]) : [],
    typeof requestId === 'string' ? requestId : undefined,
    extra,
  )
}
