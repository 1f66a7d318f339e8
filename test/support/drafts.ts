import fc from 'fast-check'

/** Arbitrary drafts of the right shape, half of whose configs are not whole, and whose edges go anywhere. */

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/).filter((text) => text !== '__proto__')
const text = fc.string({ minLength: 1, maxLength: 20 })
const duration = fc.constantFrom('P3D', 'PT72H', 'P1DT2H30M', 'PT0.5S', 'soon', '')
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))

const { condition } = fc.letrec<{ condition: unknown }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({}),
    fc.record({ trait: text, op: fc.constantFrom('eq', 'ne', 'gt', 'exists', 'matches'), value: scalar }, { requiredKeys: ['trait'] }),
    fc.record({ audience: text, op: fc.constantFrom('in', 'notIn') }),
    fc.record({ event: text, op: fc.constantFrom('performed', 'notPerformed'), within: duration }, { requiredKeys: ['event'] }),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}))

const some = <T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<unknown> =>
  fc.record(shape, { requiredKeys: [] })

const retry = some({ maxAttempts: fc.integer({ min: 0, max: 9 }), backoff: fc.integer({ min: 0, max: 4 }), maxInterval: duration })
const onFailure = fc.constantFrom('park', 'continue', 'exit', 'branch', 'explode')

const CONFIGS: Record<string, fc.Arbitrary<unknown>> = {
  entry: some({
    triggers: fc.array(fc.oneof(fc.constant({ type: 'manual' }), fc.record({ type: fc.constant('event'), event: text })), { maxLength: 3 }),
  }),
  wait: fc.oneof(
    some({ kind: fc.constant('duration'), duration }),
    some({ kind: fc.constant('event'), event: text, where: condition, timeout: duration }),
    some({ kind: fc.constant('condition'), when: condition }),
  ),
  branch: fc.oneof(
    some({ kind: fc.constant('condition'), paths: fc.array(some({ id, when: condition }), { maxLength: 3 }) }),
    some({
      kind: fc.constant('percentage'),
      paths: fc.array(some({ id, weight: fc.double({ min: 0, max: 100, noNaN: true }) }), { maxLength: 3 }),
    }),
  ),
  action: some({ destinationId: text, action: text, fields: fc.dictionary(id, text, { maxKeys: 3 }), retry, onFailure }),
  updateProfile: some({
    changes: fc.array(
      fc.oneof(
        fc.record({ op: fc.constant('set'), trait: text, value: fc.jsonValue() }),
        fc.record({ op: fc.constant('unset'), trait: text }),
      ),
    ),
  }),
  webhook: some({ method: fc.constantFrom('GET', 'POST', 'FETCH'), url: text, body: text, timeout: duration, retry, onFailure }),
  subOrchestration: some({ orchestrationId: text, mode: fc.constantFrom('wait', 'continue') }),
  exit: some({ reason: text, conversion: fc.boolean() }),
}

const tile = fc
  .constantFrom(...Object.keys(CONFIGS))
  .chain((type) =>
    fc.record(
      { id, type: fc.constant(type), name: text, position: fc.record({ x: fc.integer(), y: fc.integer() }), config: CONFIGS[type]! },
      { requiredKeys: ['id', 'type'] },
    ),
  )

const edge = fc.record({ id, from: id, port: id, to: id }, { requiredKeys: ['from', 'to'] })

export const DRAFTS = fc.record(
  {
    tiles: fc.array(tile, { maxLength: 8 }),
    edges: fc.uniqueArray(edge, { maxLength: 8, selector: (one) => one.id ?? Symbol() }),
    settings: fc.constantFrom({}, { timezone: 'Asia/Kathmandu' }, { reentry: { mode: 'always' } }),
  },
  { requiredKeys: [] },
)
