import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { notes } from '../../../api/schemas/notes.js'
import { at, get } from './client.js'

export type Notes = z.output<typeof notes>

export const pathOfNotes = (journeyId: string): string => at`/journeys/${journeyId}/notes`

/** The notes on the canvas of an orchestration. */
export const useNotes = (journeyId: string) =>
  useQuery({
    queryKey: ['journeys', 'notes', journeyId],
    queryFn: ({ signal }) => get<Notes>(pathOfNotes(journeyId), { signal }),
    select: ({ notes }) => notes,
  })
