import type { Refusal } from '../doc/types.js'
import type { Say } from './say.js'

/** Why something cannot be done, and what to do instead. */
export const refusalWords = ({ code, values }: Refusal, { t }: Pick<Say, 't'>): string => t(`canvas:refused.${code}`, values)
