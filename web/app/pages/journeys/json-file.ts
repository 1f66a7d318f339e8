import type { Journey, JourneyInput } from '../../api/journeys.js'

/** What a file of JSON held. */
export interface Read {
  file: string
  /** Absent: there is a problem. */
  input?: JourneyInput
  tiles: number
  problem?: 'noJson' | 'noCanvas'
}

/** What an export holds: what POST /journeys takes, and nothing that belongs to the one it came from. */
export function exported({
  name,
  description,
  tags,
  tiles,
  edges,
  settings,
}: Pick<Journey, 'name' | 'description' | 'tags' | 'tiles' | 'edges' | 'settings'>): string {
  return `${JSON.stringify({ name, description, tags, tiles, edges, settings }, null, 2)}\n`
}

/** Reads an export, or what GET /journeys/{id} answers. Whether the tiles are right is for the API to say. */
export function readFile(file: string, text: string): Read {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { file, tiles: 0, problem: 'noJson' }
  }
  if (typeof value !== 'object' || value === null || !Array.isArray((value as { tiles?: unknown }).tiles))
    return { file, tiles: 0, problem: 'noCanvas' }
  const { name, description, tags, tiles, edges, settings } = value as JourneyInput
  const input = { name: typeof name === 'string' ? name : file.replace(/\.json$/, ''), description, tags, tiles, edges, settings }
  const given = Object.fromEntries(Object.entries(input).filter(([, each]) => each !== undefined))
  return { file, tiles: (tiles as unknown[]).length, input: given as JourneyInput }
}

/** A name that every file system takes. */
export const fileName = (name: string): string =>
  `${
    name
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+|-+$/g, '')
      .slice(0, 80) || 'orchestration'
  }.json`
