/** The condition language: schema, what a condition reads, and its evaluation. */
export { OPERATORS, type Operator } from './choices.js'
export { conditionSchema, type Comparison, type Condition, type EventCondition } from './condition/schema.js'
export { earliest, look, nextChange, type Outlook } from './condition/next-change.js'
export { dependenciesOf, leavesOf, windowsOf, type Dependencies, type EventWindow, type Leaf } from './condition/depends.js'
export { EventTally } from './condition/tally.js'
export { conditionReads, emptyReads, evaluate, NO_READS, valueAt, type EventQuery, type Facts, type Reads } from './condition/evaluate.js'
