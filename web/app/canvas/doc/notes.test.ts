import { MAX_NOTE, MAX_NOTES } from '../../../../model/notes.js'
import { noteWords } from '../words/note.js'
import { copy, paste, readClip } from './clipboard.js'
import { noteDifferences } from './diff.js'
import { done, drawn } from './fixture.js'
import { addNote, freeNotePlace, NOTE_SIZE, resizeNote, writeNote } from './notes.js'
import type { Doc, Note } from './types.js'

const empty = drawn([['entry', 'entry']])
const noted = (text = 'Ask Ada', doc: Doc = empty): Doc => done(addNote(doc, { x: 0, y: 0 }, text))
const only = ({ notes }: Doc): Note => notes.at(-1)!

it('takes as many notes and letters as the server does, and no half of a character', () => {
  const full = { ...empty, notes: Array.from({ length: MAX_NOTES }, (_, n) => ({ ...only(noted()), id: `n${n}` })) }
  const refused = { refused: { code: 'fullOfNotes', values: { most: MAX_NOTES } } }
  expect(addNote(full, { x: 0, y: 0 })).toEqual(refused)
  expect(paste(full, copy(full, { tiles: [], notes: ['n0'] }))).toEqual(refused)
  const doc = noted()
  expect(only(done(writeNote(doc, only(doc).id, 'x'.repeat(MAX_NOTE + 1)))).text).toHaveLength(MAX_NOTE)
  expect(only(done(writeNote(doc, only(doc).id, `${'x'.repeat(MAX_NOTE - 1)}🙂`))).text).toBe('x'.repeat(MAX_NOTE - 1))
})

it('keeps sizes on the grid and within bounds', () => {
  const doc = noted()
  const sized = (width: number, height: number) => {
    const { width: w, height: h } = only(done(resizeNote(doc, only(doc).id, { width, height })))
    return [w, h]
  }
  expect([sized(300, 100), sized(1, 1), sized(1e6, 1e6)]).toEqual([[304, 96], [128, 64], [1600, 1600]]) // prettier-ignore
  expect(done(resizeNote(doc, only(doc).id, NOTE_SIZE))).toBe(doc)
})

it('finds a place that covers neither tiles nor notes', () => {
  const first = freeNotePlace(empty, { x: 0, y: 16 })
  expect(first).toEqual({ x: 272, y: 16 })
  expect(freeNotePlace(done(addNote(empty, first)), { x: 0, y: 16 })).toEqual({ x: 544, y: 16 })
  expect(freeNotePlace(empty, { x: 0, y: 96 })).toEqual({ x: 0, y: 96 })
})

it.each([
  ['too long', { text: 'x'.repeat(MAX_NOTE + 1) }],
  ['too small', { width: 1 }],
  ['too high', { height: 1e5 }],
  ['nowhere', { position: { x: 'left', y: 0 } }],
])('does not paste a note that is %s', (_what, more) => {
  const clip = copy(noted(), { tiles: [], notes: [only(noted()).id] })
  const note = { ...only(noted()), ...more }
  expect(readClip(JSON.stringify({ ...clip, notes: [only(noted())] }))).toBeDefined()
  expect(readClip(JSON.stringify({ ...clip, notes: [note] }))).toBeUndefined()
})

it('tells how notes differ', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => ({ ...only(noted(id)), id })) as [Note, Note, Note, Note]
  const moved = { ...b, position: { x: 16, y: 0 } }
  const changed = { ...c, text: 'other', width: 320 }
  expect(noteDifferences([a, b, c], [moved, changed, d])).toEqual([
    { kind: 'removed', note: a, fields: [] },
    { kind: 'moved', note: moved, fields: [] },
    { kind: 'changed', note: changed, fields: ['text', 'width'] },
    { kind: 'added', note: d, fields: [] },
  ])
  expect(noteDifferences([a], [{ ...a }])).toEqual([])
})

it('says a note in one line', () => {
  const t = (key: string): string => key
  expect(noteWords({ text: '\n Ask Ada \nabout it' }, { t })).toBe('Ask Ada ')
  expect(noteWords({ text: ' \n ' }, { t })).toBe('canvas:note.blank')
  expect(noteWords({ text: '🙂'.repeat(81) }, { t })).toBe(`${'🙂'.repeat(80)}…`)
})
