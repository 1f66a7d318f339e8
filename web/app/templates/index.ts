import { abandonedCart } from './abandoned-cart.js'
import type { Template } from './build.js'
import { renewal } from './renewal.js'
import { trial } from './trial.js'
import { welcome } from './welcome.js'
import { winBack } from './win-back.js'

export { inputOf, type Template } from './build.js'

/** What a new orchestration can begin with, in the order that they are offered. */
export const TEMPLATES: readonly Template[] = [welcome, abandonedCart, winBack, trial, renewal]
