import { tags } from 'liquidjs'
import { liquidWith } from '../../../../tiles/liquid/engine.js'
import { FILTERS, TAGS } from './filters.js'

test('every filter and tag that is offered is one of the library', () => {
  const { filters } = liquidWith()
  expect(Object.keys(FILTERS).filter((name) => !(name in filters))).toEqual([])
  const all = Object.keys(tags)
  const of = (tag: string): string => tag.replace(/^end/, '')
  const within = ['else', 'elsif', 'when']
  expect(Object.keys(TAGS).filter((tag) => !all.includes(of(tag)) && !within.includes(tag))).toEqual([])
})
