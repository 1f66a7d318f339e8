import type { Note } from '../doc/types.js'
import type { Say } from './say.js'

/** Most characters of a note where there is one line for it. */
const LINE = 80

/** What a note begins with, in one line. */
export function noteWords({ text }: Pick<Note, 'text'>, { t }: Pick<Say, 't'>): string {
  const line = text.trim().split('\n', 1)[0]!
  if (line === '') return t('canvas:note.blank')
  const letters = [...line]
  return letters.length > LINE ? `${letters.slice(0, LINE).join('')}…` : line
}
