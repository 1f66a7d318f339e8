import { portsOf } from '../../../../tiles/ports.js'
import type { DocTile } from '../doc/types.js'
import { records, text, type Say } from './say.js'

type Tile = Pick<DocTile, 'type' | 'config'>

/** What a port is called on the canvas: `yes`, `80 %`, `timed out`. Empty where a tile has one way on, which needs no name. */
export function portWords({ type, config }: Tile, port: string, { t, locale }: Say): string {
  if (type === 'branch' && port !== 'else') return pathWords(config, port, locale)
  if (port === 'met') return t(config.kind === 'condition' ? 'canvas:port.holds' : 'canvas:port.met')
  if (port === 'next') return (portsOf({ type, config })?.length ?? 1) > 1 ? t('canvas:port.next') : ''
  return port === 'timeout' || port === 'failed' || port === 'else' ? t(`canvas:port.${port}`) : port
}

function pathWords({ kind, paths }: Tile['config'], port: string, locale: string): string {
  const { name, weight } = records(paths).find(({ id }) => id === port) ?? {}
  const share =
    kind === 'percentage' && typeof weight === 'number' ? `${weight.toLocaleString(locale, { maximumFractionDigits: 2 })} %` : ''
  return text(name) ? [text(name), share].filter(Boolean).join(' ') : share || port
}
