import { sampleCustomer, type SampleCustomer } from '../../store/sample.js'
import type { ApiDeps } from '../deps.js'

/** The customer where none is named. */
const NOBODY = 'test'

/** A customer whom a test is about. */
export interface Subject extends SampleCustomer {
  /** Whether there is such a customer. */
  known: boolean
}

/** The customer whom an id means with traits laid over its own, or a made-up one. */
export async function subjectOf(
  { db }: Pick<ApiDeps, 'db'>,
  workspaceId: string,
  { id, traits }: { id?: string | undefined; traits: Record<string, unknown> },
): Promise<Subject> {
  const known = id === undefined ? undefined : await sampleCustomer(db, workspaceId, id)
  const { traits: own, ...customer } = known ?? { id: id ?? NOBODY, traits: {}, audiences: [] }
  return { ...customer, traits: merged(own, traits), known: known !== undefined }
}

const merged = (traits: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ ...traits, ...over }).filter(([, value]) => value !== null))

/** What a customer enters by, as templates see it. */
export const entryOf = (entry: { event?: string | undefined; properties: Record<string, unknown> } | undefined) => ({
  ...(entry && { properties: entry.properties }),
  ...(entry?.event !== undefined && { event: entry.event }),
})
