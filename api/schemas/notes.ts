import { z } from 'zod'
import { FARTHEST_NOTE, MAX_NOTE, MAX_NOTES, NOTE_HEIGHT, NOTE_WIDTH } from '../../model/notes.js'

const within = (least: number, most: number, what: string) => {
  const words = `${what} is between ${least} and ${most}, in px.`
  return z.number().min(least, words).max(most, words)
}
const place = within(-FARTHEST_NOTE, FARTHEST_NOTE, 'A place on the canvas')

const note = z.strictObject({
  id: z.string().regex(/^[\w-]{1,64}$/, 'An id has 1 to 64 letters, digits, _ and -.'),
  text: z.string().max(MAX_NOTE, `A note has at most ${MAX_NOTE} characters.`),
  position: z.strictObject({ x: place, y: place }).meta({ description: 'Of its top left corner, px of the canvas' }),
  width: within(NOTE_WIDTH.least, NOTE_WIDTH.most, 'The width of a note').meta({ description: 'px' }),
  height: within(NOTE_HEIGHT.least, NOTE_HEIGHT.most, 'The height of a note').meta({ description: 'px' }),
})

/** All notes of an orchestration. */
export const notes = z
  .strictObject({
    notes: z
      .array(note.meta({ id: 'Note' }))
      .max(MAX_NOTES, `An orchestration has at most ${MAX_NOTES} notes.`)
      .superRefine((all, ctx) => {
        const seen = new Set<string>()
        for (const [index, { id }] of all.entries()) {
          if (seen.has(id)) ctx.addIssue({ code: 'custom', path: [index, 'id'], message: `Another note has the id "${id}".` })
          seen.add(id)
        }
      }),
  })
  .meta({ id: 'Notes' })
