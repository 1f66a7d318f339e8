export { runStep as run } from '../outcome.js'
