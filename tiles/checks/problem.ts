/** What validation finds; docs/validation.md explains each number. */
export interface Problem {
  code: string
  message: string
  tileId?: string
  edgeId?: string
  /** JSON pointer, where the problem is about a field. */
  path?: string
}

/** Every number, with what it is about. The documentation and the tests go by this table. */
export const PROBLEMS = {
  TW101: 'Not exactly one entry',
  TW102: 'No exit',
  TW103: 'Two tiles with one id',
  TW104: 'Two edges with one id',
  TW105: 'An edge from or to a tile that does not exist',
  TW106: 'An edge into the entry',
  TW107: 'An edge out of an exit',
  TW108: 'A port without an edge',
  TW109: 'A port with two edges',
  TW110: 'An edge from a port that the tile does not have',
  TW111: 'A tile that cannot be reached',
  TW112: 'A tile from which no exit can be reached',
  TW113: 'A loop without a wait',
  TW201: 'Something is missing in a config',
  TW202: 'Something is wrong in a config',
  TW203: 'A template that cannot be parsed',
  TW204: 'A property without the event that it is of',
  TW301: 'An unknown destination',
  TW302: 'An action that the destination does not have',
  TW303: 'A field that the action does not have, or lacks',
  TW304: 'An unknown audience',
  TW305: 'An unknown orchestration',
  TW306: 'A cycle of sub-orchestrations',
  TW307: 'A property or template of a tile that cannot have run before',
  TW308: 'A property of the event of entry, and no event enters',
  TW401: 'An audience trigger: not run in this release',
  TW402: 'Exit criteria: not run in this release',
  TW403: 'A goal: not run in this release',
  TW404: 'Quiet hours: not run in this release',
} as const
export type ProblemCode = keyof typeof PROBLEMS
