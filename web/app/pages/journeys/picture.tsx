import { cx } from '../../kit/cx.js'
import type { Template } from '../../templates/index.js'

const WIDTH = 240
const HEIGHT = 88
/** Room around it. */
const EDGE = 8
/** A single column is not drawn larger than two are. */
const NARROWEST = 512
/** Of its height to its width; what is longer is cut off below. */
const RATIO = 1.4

/** A canvas as a small picture, its beginning where it is too long: where its tiles lie, each with the hue of its family, and how they follow each other. */
export function Picture({ tiles, edges, className }: Pick<Template, 'tiles' | 'edges'> & { className?: string }) {
  const at = new Map(tiles.map(({ id, position }) => [id, position]))
  const right = Math.max(...tiles.map(({ position }) => position.x)) + WIDTH
  const width = Math.max(right, NARROWEST) + 2 * EDGE
  return (
    <svg aria-hidden viewBox={`${(right - width) / 2} ${-EDGE} ${width} ${width * RATIO}`} className={cx('overflow-hidden', className)}>
      {edges.map(({ from, port, to }) => {
        const [a, b] = [at.get(from)!, at.get(to)!]
        const [x1, y1, x2, y2] = [a.x + WIDTH / 2, a.y + HEIGHT, b.x + WIDTH / 2, b.y]
        const middle = (y1 + y2) / 2
        return <path key={`${from}.${port}`} d={`M${x1} ${y1}V${middle}H${x2}V${y2}`} fill="none" stroke="var(--edge)" strokeWidth={5} />
      })}
      {tiles.map(({ id, type, position: { x, y } }) => (
        <g key={id}>
          <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx={14} fill="var(--surface)" stroke="var(--edge)" strokeWidth={4} />
          <rect x={x} y={y} width={22} height={HEIGHT} rx={8} fill={`var(--tile-${type})`} />
          <rect x={x + 44} y={y + 36} width={WIDTH - 84} height={16} rx={8} fill="var(--line)" />
        </g>
      ))}
    </svg>
  )
}
