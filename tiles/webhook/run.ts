export { runDelivery as run } from '../outcome.js'
