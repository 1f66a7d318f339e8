/* What configs and settings let one choose between, and how many there may be: apart from the schemas made of it, so that a form shows it without zod. */

/** How a webhook calls. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** What becomes of a member whose send or call has failed for good; the first unless told. */
export const ON_FAILURE = ['park', 'continue', 'exit', 'branch'] as const
/** What becomes of a send of which nobody knows whether it left; the first unless told. */
export const ON_AMBIGUOUS = ['park', 'continue', 'resend'] as const
/** Whether members wait for the orchestration that they enter. */
export const SUB_MODES = ['wait', 'continue'] as const
/** Who may enter again; the first unless told. */
export const REENTRY_MODES = ['never', 'afterExit', 'always'] as const

/** Which message goes first when several want the same slot of a frequency cap; `normal` unless told. */
export const PRIORITIES = ['low', 'normal', 'high'] as const
export type Priority = (typeof PRIORITIES)[number]
/** What becomes of a message that may not leave now; the first unless told. */
export const OTHERWISE = ['delay', 'skip'] as const

/** Windows of the quiet hours of a workspace: one for each day. */
export const MAX_WINDOWS = 7
export const MAX_TRIGGERS = 20
/** Paths of a branch. */
export const MAX_PATHS = 50
/** Changes of one tile. */
export const MAX_CHANGES = 50
export const MAX_CRITERIA = 20

/** Longest names in characters: of a path; of a criterion and the reason of an exit. */
export const MAX_PATH_NAME = 200
export const MAX_REASON = 100
