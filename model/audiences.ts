import { dependenciesOf, type Condition, type Dependencies } from './condition.js'

/** An audience by condition. */
export interface Definition {
  id: string
  name: string
  when: Condition
}

/** What of a customer changed; nothing named: it may be anything. */
export interface Changed {
  /** Traits, by their names at the top level. */
  traits?: readonly string[]
  /** An event of this name came. */
  event?: string
  /** Audiences that were joined or left. */
  audiences?: readonly string[]
}

/** An audience by condition, with what it depends on. */
export interface Indexed extends Definition {
  reads: Dependencies
}

/** Which audiences by condition depend on what: of one workspace, as defined at one moment. */
export class AudienceIndex {
  /** Each behind those that it names. */
  readonly inOrder: readonly Indexed[]
  readonly #byTrait = new Map<string, Indexed[]>()
  readonly #byEvent = new Map<string, Indexed[]>()
  readonly #byAudience = new Map<string, Indexed[]>()
  readonly #places: ReadonlyMap<string, number>

  /** @param definitions that do not name each other in a circle */
  constructor(definitions: readonly Definition[]) {
    const all = definitions.map((definition) => ({ ...definition, reads: dependenciesOf(definition.when) }))
    this.inOrder = sorted(all)
    this.#places = new Map(this.inOrder.map(({ id }, place) => [id, place]))
    for (const audience of this.inOrder) {
      for (const trait of audience.reads.traits) add(this.#byTrait, trait, audience)
      for (const event of audience.reads.events) add(this.#byEvent, event, audience)
      for (const id of audience.reads.audiences) add(this.#byAudience, id, audience)
    }
  }

  get(id: string): Indexed | undefined {
    const place = this.#places.get(id)
    return place === undefined ? undefined : this.inOrder[place]
  }

  /** Those that a change may make another, in order; not those that depend on these in turn. */
  affected(changed: Changed): Indexed[] {
    const { traits, event, audiences } = changed
    if (!traits && event === undefined && !audiences) return [...this.inOrder]
    const found = new Set<Indexed>()
    const take = (these: readonly Indexed[] = []): void => these.forEach((audience) => found.add(audience))
    for (const trait of traits ?? []) take(this.#byTrait.get(trait))
    if (event !== undefined) take(this.#byEvent.get(event))
    for (const id of audiences ?? []) take(this.#byAudience.get(id))
    return this.order([...found])
  }

  /** Each behind those that it names. */
  order(audiences: readonly Indexed[]): Indexed[] {
    return [...audiences].sort((a, b) => this.#places.get(a.id)! - this.#places.get(b.id)!)
  }
}

function add<T>(map: Map<string, T[]>, key: string, item: T): void {
  const there = map.get(key)
  if (there) there.push(item)
  else map.set(key, [item])
}

function sorted(all: readonly Indexed[]): Indexed[] {
  const byId = new Map(all.map((audience) => [audience.id, audience]))
  const done = new Set<Indexed>()
  const visit = (audience: Indexed | undefined): void => {
    if (!audience || done.has(audience)) return
    for (const id of audience.reads.audiences) if (id !== audience.id) visit(byId.get(id))
    done.add(audience)
  }
  all.forEach(visit)
  return [...done]
}

/**
 * The circle that would be if an audience were defined so: those that name each other, from it back to it. undefined: there is none.
 * @param others the audiences by condition that there are; one with the same id counts as changed
 */
export function circleOf(changed: Definition, others: readonly Definition[]): Definition[] | undefined {
  const byId = new Map([...others, changed].map((each) => [each.id, each]))
  const seen = new Set<string>()
  const back = (at: Definition, trail: Definition[]): Definition[] | undefined => {
    for (const id of dependenciesOf(at.when).audiences) {
      if (id === changed.id) return [...trail, changed]
      const next = byId.get(id)
      if (!next || seen.has(id)) continue
      seen.add(id)
      const found = back(next, [...trail, next])
      if (found) return found
    }
    return undefined
  }
  return back(changed, [changed])
}
