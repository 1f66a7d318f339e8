/** What validation finds; docs/validation.md explains each number. */
export interface Problem {
  code: ProblemCode
  /** A sentence that says what is wrong and how to mend it. */
  message: string
  tileId?: string
  edgeId?: string
  /** JSON pointer within the tile (`/config/duration`) or, without a tile, within the canvas (`/settings/goal`). */
  path?: string
  /** Where in the template at `path`, in characters from its beginning: each place from its first to behind its last. */
  ranges?: readonly (readonly [from: number, to: number])[]
}

/**
 * Every number, with what it is about: 1xx the graph, 2xx configs, 3xx references (4xx were what a release did not run). A number is never used
 * again for another thing. The documentation and the tests go by this table.
 */
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
  TW114: 'A loop whose wait may be over at once',
  TW201: 'Something is missing in a config',
  TW202: 'Something is wrong in a config',
  TW203: 'A template that is no Liquid',
  TW204: 'A property without the event that it is of',
  TW205: 'Weights that do not sum to 100',
  TW206: 'Two paths with one id',
  TW207: 'A path with a reserved id',
  TW208: 'An unknown time zone',
  TW209: 'A date that is none',
  TW210: 'A time of day that is none',
  TW211: 'A duration that is none',
  TW212: 'A regular expression that is none',
  TW213: 'A retry policy that cannot be',
  TW214: 'A URL that cannot be called',
  TW215: 'Something to save that cannot be',
  TW216: 'A signature without a secret',
  TW217: 'A setting that has no effect',
  TW218: 'Quiet hours that never end',
  TW231: 'MJML that cannot be compiled',
  TW232: 'A language that is none',
  TW301: 'An unknown destination',
  TW302: 'An action that the destination does not have',
  TW303: 'A field that the action does not have',
  TW304: 'An unknown audience',
  TW305: 'An unknown orchestration',
  TW306: 'A cycle of sub-orchestrations',
  TW307: 'A property or template of a tile that does not exist',
  TW308: 'Something of the event of entry, and no event enters',
  TW309: 'A property or template of a tile that cannot have run before',
  TW310: 'A property or template of a tile that leaves nothing to read',
  TW311: 'A field that the action needs',
  TW312: 'An unknown secret',
  TW313: 'A sub-orchestration that nobody can enter now',
  TW314: 'A template variable that is never there',
  TW315: 'A window longer than events are kept',
  TW316: 'An unknown topic',
  TW330: 'An unknown template',
  TW331: 'An unknown partial',
  TW332: 'Partials that bring in each other',
  TW333: 'A template that cannot be used here',
} as const
export type ProblemCode = keyof typeof PROBLEMS

/** Those that do not keep a canvas from being activated. */
export const WARNINGS: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['TW114', 'TW217', 'TW308', 'TW313', 'TW314'])
