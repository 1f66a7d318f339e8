import type { TileType } from '../model/route.js'
import type { DraftConfig } from './define.js'

/** Ports of a tile that sends. */
const ofSend = ({ onFailure }: DraftConfig): string[] => (onFailure === 'branch' ? ['next', 'failed'] : ['next'])

function ofWait({ kind }: DraftConfig): string[] | undefined {
  if (kind === undefined) return undefined
  return kind === 'event' || kind === 'condition' ? ['met', 'timeout'] : ['next']
}

function ofBranch({ kind, paths }: DraftConfig): string[] | undefined {
  if (!Array.isArray(paths)) return undefined
  const ids = paths.map((path: { id?: unknown } | null) => path?.id)
  const known = ids.filter((id) => typeof id === 'string' && id !== '') as string[]
  if (kind === undefined || known.length < ids.length) return undefined
  return kind === 'percentage' ? known : [...known, 'else']
}

const next = (): string[] => ['next']

/** The ports that a config gives each type of tile. Apart from the schemas, which are heavy: what draws a canvas needs no more than this. */
const PORTS: Record<TileType, (config: DraftConfig) => string[] | undefined> = {
  entry: next,
  wait: ofWait,
  branch: ofBranch,
  action: ofSend,
  updateProfile: next,
  webhook: ofSend,
  subOrchestration: next,
  exit: () => [],
}

/** The ports of a tile, in order; undefined while a half-filled config does not tell. */
export const portsOf = (tile: { type: TileType; config: DraftConfig }): string[] | undefined => PORTS[tile.type](tile.config)
