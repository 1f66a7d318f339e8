/* Lists of the language, apart from the schemas that are made of them: a form shows them without loading a calendar or regular expressions. */

/** Days as the canvas names them, Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** The operators that compare a trait or a property with a value. */
export const OPERATORS = [
  'eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'notContains', 'startsWith', 'endsWith', 'in', 'notIn',
  'exists', 'notExists', 'matches', 'before', 'after', 'withinLast', 'withinNext',
] as const // prettier-ignore
export type Operator = (typeof OPERATORS)[number]
