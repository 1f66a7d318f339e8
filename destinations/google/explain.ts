import type { Explain } from '../outbound/http.js'

interface Detail {
  reason?: string
  fieldViolations?: { field?: string; description?: string }[]
}
interface GoogleError {
  error?: { status?: string; message?: string; details?: Detail[] }
}

/** `{error: {code, message, status, details: [{reason}, {fieldViolations: [{field, description}]}]}}`. */
export const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { error } = (json ?? {}) as GoogleError
  const details = detailsOf(json)
  const violation = details.flatMap(({ fieldViolations }) => fieldViolations ?? [])[0]
  const message = violation?.description ? `${violation.field ?? ''} ${violation.description}`.trim() : error?.message
  const said = { message }
  if (status === 401 || status === 403 || status === 429 || status >= 500 || error?.status === undefined) return said
  const reason = details.find((each) => each.reason !== undefined)?.reason
  return { ...said, code: `google_${reason && reason !== error.status ? `${error.status}_${reason}` : error.status}` }
}

/** As `explain`. @param wrong gets the places of people whom Google names as the reason */
export const explainRows =
  (wrong: Set<number>): Explain =>
  (answer) => {
    if (answer.status === 400)
      for (const { field = '' } of detailsOf(answer.json).flatMap(({ fieldViolations }) => fieldViolations ?? [])) {
        const place = /^audience_?members\[(\d+)\]/i.exec(field)?.[1]
        if (place !== undefined) wrong.add(Number(place))
      }
    return explain(answer)
  }

function detailsOf(json: unknown): Detail[] {
  const { error } = (json ?? {}) as GoogleError
  return Array.isArray(error?.details) ? error.details : []
}
