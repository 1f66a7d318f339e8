import { useTranslation } from 'react-i18next'
import type { ImportFile, ImportReport } from '../api/imports.js'
import { Banner } from '../kit/banner.js'
import { Select } from '../kit/select.js'
import { Table, type Column } from '../kit/table.js'

/** What a column of a CSV may be told to be. */
const TYPES = ['auto', 'text', 'number', 'boolean', 'date', 'json'] as const

interface Row {
  name: string
  /** Types of a trait, or values of a column: how many rows have each, the most first. */
  counts: [string, number][]
}

/** Values of a column that are shown. */
const SHOWN_VALUES = 12

/** What is in a file: rows, their traits with their types (a CSV's can be told otherwise) or values, and rows that cannot be read. */
export function Report({ file, report, onChange }: { file: ImportFile; report: ImportReport; onChange(file: ImportFile): void }) {
  const { t } = useTranslation()
  const traits = useTraitColumns(file, onChange)
  const values = useValueColumns()
  const { of } = file
  const undated = of === 'subscriptions' ? (report.values?.at?.absent ?? 0) : 0
  const rows = Object.entries(report.traits ?? report.values ?? {}).map(([name, counts]): Row => ({
    name,
    counts: Object.entries(counts).sort(([, a], [, b]) => b - a),
  }))
  return (
    // Nothing in it may take the focus, and it may have to be scrolled.
    <div tabIndex={0} role="group" aria-label={t('imports:values')} className="flex flex-col gap-4">
      <p>
        {t(`imports:${of}.valid`, { count: report.valid, file: file.file.name })}
        {of === 'customers' && file.format === 'csv' && ` ${t('imports:typesHint')}`}
        {undated > 0 && ` ${t('imports:subscriptions.undated', { count: undated })}`}
      </p>
      {report.invalid > 0 && (
        <Banner tone="amber">
          {t('imports:invalid', { count: report.invalid })}
          <ul className="mt-1 list-disc pl-5 text-table">
            {report.errors.slice(0, 8).map(({ row, value, message }) => (
              <li key={row} className="break-words">
                {t('imports:row', { row, message })} {value !== '' && <span className="font-mono text-label">{value.slice(0, 80)}</span>}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {rows.length > 0 && (
        <Table
          label={t(of === 'customers' ? 'imports:traits' : 'imports:values')}
          columns={of === 'customers' ? traits : values}
          rows={rows}
          rowKey={({ name }) => name}
        />
      )}
    </div>
  )
}

const listed = (counts: Row['counts'], word: (value: string) => string): string =>
  counts.map(([value, count]) => `${word(value)} (${count.toLocaleString('en')})`).join(', ')

/** Columns of a list, and what is in them, in words. */
function useValueColumns(): Column<Row>[] {
  const { t } = useTranslation()
  const words: Record<string, (value: string) => string> = {
    channel: (value) => t(`consent:channel.${value}`),
    state: (value) => t(`consent:state.${value}`),
    reason: (value) => t(`consent:suppressions.reasons.${value}`),
    at: (value) => t(`imports:at.${value}`),
    topic: (value) => value,
  }
  const text = ({ name, counts }: Row): string => {
    const more = counts.length - SHOWN_VALUES
    return listed(counts.slice(0, SHOWN_VALUES), words[name]!) + (more > 0 ? t('imports:more', { count: more }) : '')
  }
  return [
    { key: 'name', label: t('imports:column'), width: '128px', cell: ({ name }) => t(`imports:columns.${name}`) },
    { key: 'rows', label: t('imports:rows'), cell: (row) => <span className="break-words whitespace-normal">{text(row)}</span> },
  ]
}

function useTraitColumns(file: ImportFile, onChange: (file: ImportFile) => void): Column<Row>[] {
  const { t } = useTranslation()
  const seen: Column<Row>[] = [
    {
      key: 'trait',
      label: t('imports:trait'),
      cell: ({ name }) => <span className="block truncate font-mono text-label">{name}</span>,
    },
    {
      key: 'types',
      label: t('imports:found'),
      cell: ({ counts }) => listed(counts, (type) => t(`imports:seen.${type}`)),
    },
  ]
  if (file.format === 'ndjson') return seen
  return [
    ...seen,
    {
      key: 'as',
      label: t('imports:takeAs'),
      width: '160px',
      cell: ({ name: trait }) => (
        <Select
          size="s"
          label={t('imports:asLabel', { trait })}
          value={file.types[trait] ?? 'auto'}
          onChange={(type) => onChange({ ...file, types: { ...file.types, [trait]: type } })}
          options={TYPES.map((value) => ({ value, label: t(`imports:types.${value}`) }))}
        />
      ),
    },
  ]
}
