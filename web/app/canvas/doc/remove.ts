import { edgesFrom, edgesInto } from './lookup.js'
import type { Doc, DocEdge, Outcome } from './types.js'

/** What is chosen on the canvas. */
export interface Chosen {
  tiles: readonly string[]
  edges?: readonly string[]
  notes?: readonly string[]
}

/**
 * Takes tiles, edges and notes away. Where tiles that hang together led to one tile only, the edges that led to them lead there now, so
 * that a path is healed; where they led to several, or to none, nobody could say where to, and the ports before them are open.
 */
export function remove(doc: Doc, { tiles, edges = [], notes = [] }: Chosen): Outcome {
  const gone = { tiles: new Set(tiles), edges: new Set(edges), notes: new Set(notes) }
  const heir = heirs(doc, gone.tiles)
  const after = {
    tiles: without(doc.tiles, gone.tiles),
    edges: doc.edges.flatMap((edge) => (gone.edges.has(edge.id) ? [] : healed(edge, gone.tiles, heir))),
    notes: without(doc.notes, gone.notes),
  }
  const nothing = after.tiles === doc.tiles && after.notes === doc.notes && after.edges.length === doc.edges.length
  return { doc: nothing ? doc : { ...doc, ...after }, select: [] }
}

function without<T extends { readonly id: string }>(list: readonly T[], gone: ReadonlySet<string>): readonly T[] {
  return list.some(({ id }) => gone.has(id)) ? list.filter(({ id }) => !gone.has(id)) : list
}

/** The edge as it is now: none, the same, or turned to the heir of the tile that it led to. */
function healed(edge: DocEdge, gone: ReadonlySet<string>, heir: ReadonlyMap<string, string>): DocEdge[] {
  if (gone.has(edge.from)) return []
  if (!gone.has(edge.to)) return [edge]
  const to = heir.get(edge.to)
  // A path that led back to where it came from would be a tile that leads to itself.
  return to === undefined || to === edge.from ? [] : [{ ...edge, to }]
}

/** For each tile that goes, the one tile that it and those that go with it lead to, where it is one. */
function heirs(doc: Doc, gone: ReadonlySet<string>): Map<string, string> {
  const heir = new Map<string, string>()
  const seen = new Set<string>()
  for (const id of gone) {
    if (seen.has(id)) continue
    const group = connectedWithin(doc, id, gone)
    for (const member of group) seen.add(member)
    const targets = new Set([...group].flatMap((member) => edgesFrom(doc, member).map(({ to }) => to)).filter((to) => !gone.has(to)))
    const [only] = targets
    if (targets.size === 1) for (const member of group) heir.set(member, only!)
  }
  return heir
}

function connectedWithin(doc: Doc, start: string, within: ReadonlySet<string>): Set<string> {
  const group = new Set([start])
  for (const id of group) {
    const near = [...edgesFrom(doc, id).map(({ to }) => to), ...edgesInto(doc, id).map(({ from }) => from)]
    for (const other of near) if (within.has(other)) group.add(other)
  }
  return group
}
