import type { Run } from '../../engine/host.js'

/** Enrolment has made the step of the entry; the member walks on at once. */
export const run: Run = () => Promise.resolve({ port: 'next' })
