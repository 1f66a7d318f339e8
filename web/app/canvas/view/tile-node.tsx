import { IconAlertCircle, IconAlertTriangle, IconPlus } from '@tabler/icons-react'
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo, useContext } from 'react'
import { cx } from '../../kit/cx.js'
import { portOffset, widthOf } from '../doc/geometry.js'
import { labelOf } from '../doc/lookup.js'
import { essence, typeWords } from '../words/essence.js'
import { portWords } from '../words/ports.js'
import { refusalWords } from '../words/refusal.js'
import type { Say } from '../words/say.js'
import { FarContext, useCanvas, useCanvasUi } from './context.js'
import { hueOf, TILE_ICONS } from './icons.js'
import { HANDLE, type Badge, type TileData, type TileNode } from './nodes.js'
import { useFocus } from './use-focus.js'

/** A tile: icon, name, what it does in words, what is wrong with it, its ports. Drawn again only when something of its own changed. */
export const TileNodeView = memo(function TileNodeView({ data, selected }: NodeProps<TileNode>) {
  const { slots, actions } = useCanvas()
  const far = useContext(FarContext)
  const drawing = useCanvasUi((ui) => ui.drawing !== undefined)
  const { tile, ports } = data
  const width = widthOf(tile)
  const Live = slots.Tile
  return (
    <div data-tile={tile.id} data-mark={data.mark} className="tw-tile relative h-full" style={{ width }}>
      {tile.type !== 'entry' &&
        (far && !drawing ? (
          <Place type="target" x={width / 2} />
        ) : (
          <Handle type="target" position={Position.Top} isConnectableStart={false} isConnectable={actions !== undefined} />
        ))}
      <Body data={data} selected={selected} />
      <Refused tileId={tile.id} />
      {Live && (
        <div className="absolute inset-x-2 -bottom-3 flex justify-center">
          <Live tileId={tile.id} />
        </div>
      )}
      {ports.map(({ id, open }, index) => {
        const x = portOffset(width, index, ports.length)
        return far ? <Place key={id} type="source" id={id} x={x} /> : <Port key={id} data={data} port={id} open={open} x={x} />
      })}
    </div>
  )
}, sameTile)

/** Where a tile is, is the wrapper's affair. */
function sameTile(a: NodeProps<TileNode>, b: NodeProps<TileNode>): boolean {
  return a.data === b.data && a.selected === b.selected
}

/** Where an edge begins or ends, for React Flow to measure; no more than that, which from afar is enough and costs little. */
function Place({ type, id, x }: { type: 'source' | 'target'; id?: string; x: number }) {
  const side = type === 'source' ? 'bottom' : 'top'
  return (
    <div className={`tw-place ${type}`} data-handleid={id} data-handlepos={side} style={{ left: x - HANDLE / 2, [side]: -HANDLE / 2 }} />
  )
}

function Body({ data, selected }: { data: TileData; selected: boolean }) {
  const { tile, badge } = data
  const { say } = useCanvas()
  const stop = useCanvasUi((ui) => ui.stop === tile.id)
  const Glyph = TILE_ICONS[tile.type]
  const type = typeWords(tile.type, say)
  const words = essence(tile, say)
  return (
    <div
      ref={useFocus(tile.id)}
      role="button"
      tabIndex={stop ? 0 : -1}
      aria-pressed={selected}
      aria-current={data.mark === 'here' ? 'step' : undefined}
      data-tile-button={tile.id}
      className={cx(
        'tw-body relative flex h-full flex-col justify-center gap-0.5 rounded-card border border-line bg-surface py-2 pr-3 pl-4 shadow-card',
        selected && 'tw-selected',
      )}
    >
      <span className="tw-hue absolute -inset-y-px -left-px w-[4px] rounded-l-card" style={{ background: hueOf(tile.type) }} aria-hidden />
      <span className="flex items-center gap-2">
        <Glyph size={18} className="shrink-0" style={{ color: hueOf(tile.type) }} aria-hidden />
        <span className="tw-name min-w-0 flex-1 truncate text-table font-semibold">
          {tile.name || type}
          {tile.name && <span className="sr-only">, {type}</span>}
        </span>
        {badge && <ProblemBadge badge={badge} />}
      </span>
      <span className="tw-words line-clamp-2 text-label break-words text-muted" title={words}>
        {words}
        <span className="sr-only">{spokenMore(data, say)}</span>
      </span>
    </div>
  )
}

/** What is seen but not read: how many ways on, how many problems. */
function spokenMore({ badge, ports }: TileData, { t }: Say): string {
  const problems = badge ? badge.errors + badge.warnings : 0
  const ways = ports.length > 1 ? [t('canvas:spoken.ports', { count: ports.length })] : []
  return [...ways, ...(problems > 0 ? [t('canvas:spoken.problems', { count: problems })] : [])].map((words) => `. ${words}`).join('')
}

function ProblemBadge({ badge: { errors, warnings } }: { badge: Badge }) {
  const [Glyph, colour] = errors > 0 ? [IconAlertCircle, 'text-red'] : [IconAlertTriangle, 'text-amber']
  return (
    <span className={cx('tw-badge flex shrink-0 items-center gap-0.5 text-label font-medium', colour)} aria-hidden>
      <Glyph size={16} />
      {errors > 0 ? errors : warnings}
    </span>
  )
}

/** Says, while an edge is drawn over this tile, why it cannot end here. */
function Refused({ tileId }: { tileId: string }) {
  const { say } = useCanvas()
  const refusal = useCanvasUi(({ drawing }) => drawing?.refused.get(tileId))
  const drawing = useCanvasUi(({ drawing }) => drawing !== undefined)
  if (!drawing) return null
  if (!refusal) return <div className="tw-takes pointer-events-none absolute inset-0 rounded-card" />
  return (
    <div className="tw-refuses pointer-events-none absolute inset-0 rounded-card">
      <p
        role="tooltip"
        className="tw-why absolute bottom-full left-0 mb-2 w-64 rounded-input bg-text px-2 py-1 text-label text-surface shadow-float"
      >
        {refusalWords(refusal, say)}
      </p>
    </div>
  )
}

function Port({ data: { tile }, port, open, x }: { data: TileData; port: string; open: boolean; x: number }) {
  const { say, actions } = useCanvas()
  const words = portWords(tile, port, say)
  const aimed = useCanvasUi(
    ({ target }) => target !== undefined && 'port' in target && target.port.tileId === tile.id && target.port.port === port,
  )
  return (
    <>
      <Handle
        type="source"
        id={port}
        position={Position.Bottom}
        style={{ left: x }}
        isConnectableEnd={false}
        isConnectable={actions !== undefined}
      />
      <span className="tw-port pointer-events-none absolute top-full flex w-28 flex-col items-center gap-1 pt-2" style={{ left: x - 56 }}>
        {words !== '' && <span className="max-w-28 truncate rounded-[4px] bg-bg px-1 text-label text-muted">{words}</span>}
        {open && actions && (
          <button
            type="button"
            data-port={port}
            aria-label={say.t('canvas:addAfter', {
              tile: labelOf({ ...tile, id: typeWords(tile.type, say) }),
              port: words || say.t('canvas:port.next'),
            })}
            onClick={(event) => {
              event.stopPropagation()
              actions.onAdd({ tileId: tile.id, port }, event.currentTarget.getBoundingClientRect())
            }}
            className={cx(
              'nodrag nopan pointer-events-auto grid size-7 place-items-center rounded-full border border-dashed border-edge bg-surface text-muted hover:border-accent hover:text-accent',
              aimed && 'tw-aimed',
            )}
          >
            <IconPlus size={16} aria-hidden />
          </button>
        )}
      </span>
    </>
  )
}
