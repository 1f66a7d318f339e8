import type { BranchConfig } from '../../../../tiles/branch/schema.js'

/** A path of a branch as a draft has it. Its id is a port: it stays while the path is there. */
export type BranchPath = Readonly<Record<string, unknown>> & { readonly id: string }

export type BranchKind = BranchConfig['kind']

const FIELDS: Record<BranchKind, readonly string[]> = {
  condition: ['when'],
  percentage: ['weight'],
  time: ['days', 'from', 'to', 'after', 'before', 'sinceEntry'],
}
export const BRANCH_KINDS = Object.keys(FIELDS) as BranchKind[]

/** An id that no path has: `path_2`. */
export function freshId(paths: readonly BranchPath[]): string {
  const taken = new Set(paths.map(({ id }) => id))
  let next = paths.length + 1
  while (taken.has(`path_${next}`)) next++
  return `path_${next}`
}

/** A new path at the end, with what its kind cannot do without. */
export function withPath(paths: readonly BranchPath[], kind: BranchKind): BranchPath[] {
  const id = freshId(paths)
  return [...paths, kind === 'condition' ? { id, when: {} } : kind === 'percentage' ? { id, weight: 0 } : { id }]
}

/** The paths as those of another kind: ids and names stay, so that edges do; the rest begins afresh. */
export function asKind(paths: readonly BranchPath[], kind: BranchKind): BranchPath[] {
  const kept = paths.map((path) =>
    Object.fromEntries(Object.entries(path).filter(([field]) => ['id', 'name', ...FIELDS[kind]].includes(field))),
  ) as BranchPath[]
  if (kind === 'condition') return kept.map((path) => ({ when: {}, ...path }))
  return kind === 'percentage' ? evenly(kept) : kept
}

const weightOf = ({ weight }: BranchPath): number => (typeof weight === 'number' && weight > 0 ? weight : 0)

/** Sum of the weights, without the noise of fractions. */
export const sumOf = (paths: readonly BranchPath[]): number => Number(paths.reduce((sum, path) => sum + weightOf(path), 0).toFixed(6))

/** Every path the same; what does not divide goes to the first ones, so that the sum is 100. */
export const evenly = (paths: readonly BranchPath[]): BranchPath[] => shared(paths, () => 1)

/** The weights as they stand to each other, made to sum to 100. */
export const balanced = (paths: readonly BranchPath[]): BranchPath[] => (sumOf(paths) === 0 ? evenly(paths) : shared(paths, weightOf))

/** Whole percents by the largest remainder. */
function shared(paths: readonly BranchPath[], weight: (path: BranchPath) => number): BranchPath[] {
  const sum = paths.reduce((total, path) => total + weight(path), 0)
  const exact = paths.map((path) => (weight(path) / sum) * 100)
  const whole = exact.map(Math.floor)
  const left = 100 - whole.reduce((total, each) => total + each, 0)
  const first = exact
    .map((each, index) => ({ index, rest: each - whole[index]! }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index)
    .slice(0, left)
  const more = new Set(first.map(({ index }) => index))
  return paths.map((path, index) => ({ ...path, weight: whole[index]! + (more.has(index) ? 1 : 0) }))
}
