import { useTranslation } from 'react-i18next'
import type { ImportFile, ImportReport } from '../../api/customers.js'
import { Banner } from '../../kit/banner.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'

/** What a column of a CSV may be told to be. */
const TYPES = ['auto', 'text', 'number', 'boolean', 'date', 'json'] as const

interface Row {
  trait: string
  types: [string, number][]
}

/** What is in a file: rows, traits with their types (a CSV's can be told otherwise), and rows that cannot be read. */
export function Report({ file, report, onChange }: { file: ImportFile; report: ImportReport; onChange(file: ImportFile): void }) {
  const { t } = useTranslation()
  const columns = useColumns(file, onChange)
  const rows = Object.entries(report.traits).map(([trait, types]): Row => ({
    trait,
    types: Object.entries(types).sort(([, a], [, b]) => b - a),
  }))
  return (
    <>
      <p>
        {t('customers:import.valid', { count: report.valid, file: file.file.name })}
        {file.format === 'csv' && ` ${t('customers:import.typesHint')}`}
      </p>
      {report.invalid > 0 && (
        <Banner tone="amber">
          {t('customers:import.invalid', { count: report.invalid })}
          <ul className="mt-1 list-disc pl-5 text-table">
            {report.errors.slice(0, 8).map(({ row, value, message }) => (
              <li key={row} className="break-words">
                {t('customers:import.row', { row, message })}{' '}
                {value !== '' && <span className="font-mono text-label">{value.slice(0, 80)}</span>}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {rows.length > 0 && <Table label={t('customers:import.traits')} columns={columns} rows={rows} rowKey={({ trait }) => trait} />}
    </>
  )
}

function useColumns(file: ImportFile, onChange: (file: ImportFile) => void): Column<Row>[] {
  const { t } = useTranslation()
  const seen: Column<Row>[] = [
    {
      key: 'trait',
      label: t('customers:import.trait'),
      cell: ({ trait }) => <span className="block truncate font-mono text-label">{trait}</span>,
    },
    {
      key: 'types',
      label: t('customers:import.found'),
      cell: ({ types }) => types.map(([type, count]) => `${t(`customers:seen.${type}`)} (${count.toLocaleString('en')})`).join(', '),
    },
  ]
  if (file.format === 'ndjson') return seen
  return [
    ...seen,
    {
      key: 'as',
      label: t('customers:import.as'),
      width: '160px',
      cell: ({ trait }) => (
        <Select
          size="s"
          label={t('customers:import.asLabel', { trait })}
          value={file.types[trait] ?? 'auto'}
          onChange={(type) => onChange({ ...file, types: { ...file.types, [trait]: type } })}
          options={TYPES.map((value) => ({ value, label: t(`customers:as.${value}`) }))}
        />
      ),
    },
  ]
}
