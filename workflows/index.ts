/** All workflows that the worker bundles. */
export { member } from './member.js'
export { enrol, resume } from './bulk.js'
export { build } from './build.js'
export { importCustomers } from './import.js'
export { migrate } from './migrate.js'
export { operate } from './operate.js'
