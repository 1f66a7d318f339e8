import { AudienceIndex, circleOf, type Definition } from './audiences.js'
import { dependenciesOf, windowsOf, type Condition } from './condition.js'

const trait = (name: string): Condition => ({ trait: name, op: 'exists' })
const inside = (audience: string): Condition => ({ audience, op: 'in' })
const did = (event: string, more: object = {}): Condition => ({ event, op: 'performed', ...more })
const define = (id: string, when: Condition): Definition => ({ id, name: `The ${id}`, when })
const ids = (audiences: readonly { id: string }[]): string[] => audiences.map(({ id }) => id)

describe('what a condition depends on', () => {
  const names = (condition: Condition) => {
    const { traits, events, audiences } = dependenciesOf(condition)
    return [[...traits], [...events], [...audiences]].map((each) => each.sort())
  }
  test.each<[Condition, string[], string[], string[]]>([
    [trait('plan'), ['plan'], [], []],
    [trait('address.city'), ['address', 'address.city'], [], []],
    [{ not: { any: [trait('a'), { all: [trait('b'), inside('list')] }] } }, ['a', 'b'], [], ['list']],
    [did('bought'), [], ['bought'], []],
    [did('bought', { within: 'P3D' }), ['timezone'], ['bought'], []],
    [{ trait: 'renewal', op: 'withinNext', value: 'P3D' }, ['renewal', 'timezone'], [], []],
    [{ trait: 'renewal', op: 'before', value: '2026-01-01' }, ['renewal', 'timezone'], [], []],
    [did('bought', { where: { any: [{ property: 'total', op: 'gt', value: 1 }, trait('vip'), inside('list')] } }), ['vip'], ['bought'], ['list']],
    [did('bought', { where: { all: [did('seen'), { property: 'at', op: 'after', value: '2026-01-01' }] } }), ['timezone'], ['bought', 'seen'], []],
  ])('%j', (condition, traits, events, audiences) => {
    expect(names(condition)).toEqual([traits, events, audiences])
  }) // prettier-ignore

  test('its windows, each with where it stands', () => {
    const condition: Condition = { all: [trait('a'), { not: did('bought', { within: 'P30D', where: did('seen') }) }] }
    expect(windowsOf(condition)).toEqual([
      { event: 'bought', within: 'P30D', path: ['all', 1, 'not'] },
      { event: 'seen', path: ['all', 1, 'not', 'where'] },
    ])
  })
})

describe('the index', () => {
  const index = new AudienceIndex([
    define('top', { all: [inside('middle'), trait('x')] }),
    define('middle', { any: [inside('low'), inside('list')] }),
    define('low', { any: [trait('plan'), did('bought')] }),
    define('alone', trait('other.thing')),
  ])
  test('puts an audience behind those that it names', () => {
    expect(ids(index.inOrder)).toEqual(['low', 'middle', 'top', 'alone'])
  })
  test.each([
    [{ traits: ['plan', 'nothing'] }, ['low']],
    [{ traits: ['x', 'plan'] }, ['low', 'top']],
    [{ traits: ['other'] }, ['alone']],
    [{ traits: ['thing'] }, []],
    [{ traits: [] }, []],
    [{ event: 'bought' }, ['low']],
    [{ event: '$identify', traits: ['x'] }, ['top']],
    [{ audiences: ['list'] }, ['middle']],
    [{ audiences: ['low'] }, ['middle']],
    [{}, ['low', 'middle', 'top', 'alone']],
  ])('%j', (changed, affected) => {
    expect(ids(index.affected(changed))).toEqual(affected)
  })
})

describe('a circle', () => {
  const others = [
    define('b', inside('c')),
    define('c', { not: { any: [inside('list'), did('bought', { where: inside('a') })] } }),
    define('d', inside('b')),
  ]
  test.each<[string, Condition, string[] | undefined]>([
    ['of itself', inside('a'), ['a', 'a']],
    ['of three, also through a where', inside('b'), ['a', 'b', 'c', 'a']],
    ['by a detour', { any: [inside('list'), inside('d')] }, ['a', 'd', 'b', 'c', 'a']],
    ['none: a list', inside('list'), undefined],
    ['none: nothing named', trait('x'), undefined],
  ])('%s', (_, when, circle) => {
    const found = circleOf(define('a', when), others)
    expect(found && ids(found)).toEqual(circle)
  }) // prettier-ignore
  test('is judged by the new definition of an audience, not by the old one', () => {
    expect(circleOf(define('c', trait('x')), [...others, define('a', inside('b'))])).toBeUndefined()
  })
})
