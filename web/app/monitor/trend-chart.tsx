import { useTranslation } from 'react-i18next'
import { Bar, BarChart, ResponsiveContainer, XAxis, YAxis } from 'recharts'
import { Count } from '../kit/count.js'
import type { Trend } from '../api/monitor.js'
import { bucketWords, seriesOf, type Series } from './trend.js'

/** One small chart for each thing that happened over time, all with the same time below; counts from zero. */
export default function TrendCharts({ trend }: { trend: Trend }) {
  return (
    <div className="flex flex-col gap-4">
      {seriesOf(trend).map((series) => (
        <One key={series.name} series={series} trend={trend} />
      ))}
    </div>
  )
}

function One({ series: { name, total, most, points }, trend }: { series: Series; trend: Trend }) {
  const { t } = useTranslation()
  const words = (at: string): string => bucketWords(at, trend)
  const said = most ? t('monitor:trend.most', { n: most.n.toLocaleString('en'), at: words(most.at) }) : t('monitor:trend.none')
  return (
    <figure className="min-w-0">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-3 text-table">
        <span className="font-medium">
          {t(`monitor:trend.${name}`)} <Count n={total} compact alarm={name === 'failed'} />
        </span>
        <span className="text-label text-muted">{said}</span>
      </figcaption>
      <div className="h-14" role="img" aria-label={`${t(`monitor:trend.${name}`)}: ${total.toLocaleString('en')}. ${said}`}>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={points} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false} barCategoryGap={1}>
            <YAxis hide domain={[0, 'dataMax']} />
            <XAxis dataKey="at" hide />
            <Bar
              dataKey="n"
              fill={name === 'failed' ? 'var(--red)' : 'var(--accent)'}
              isAnimationActive={false}
              radius={[1, 1, 0, 0]}
              minPointSize={(value) => (Number(value) > 0 ? 2 : 0)}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <p className="flex justify-between border-t border-line pt-0.5 text-label text-muted tabular-nums" aria-hidden>
        <span>{points[0] && words(points[0].at)}</span>
        <span>{points.at(-1) && words(points.at(-1)!.at)}</span>
      </p>
    </figure>
  )
}
