import { IconFileUpload } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useImport, useImportDryRun, type ImportFile, type ImportReport } from '../../api/customers.js'
import { JobProgress } from '../../jobs/job-progress.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Code } from '../../kit/code.js'
import { cx } from '../../kit/cx.js'
import { Dialog } from '../../kit/dialog.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Report } from './import-report.js'

/** Imports a file of customers: choose it, see what is in it, merge it, follow the job. */
export function ImportDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const check = useImportDryRun()
  const run = useImport()
  const [file, setFile] = useState<ImportFile>()
  const read = (next: ImportFile): void => {
    setFile(next)
    check.mutate(next)
  }
  const close = (): void => {
    void client.invalidateQueries({ queryKey: ['customers'] })
    onClose()
  }
  const report = check.data
  const ready = file !== undefined && report !== undefined && report.valid > 0 && !run.data
  return (
    <Dialog
      open
      width="l"
      onClose={close}
      title={t('customers:import.title')}
      {...(file ? {} : { description: t('customers:import.text') })}
      actions={
        <>
          {file && !run.data && <Button onClick={() => setFile(undefined)}>{t('customers:import.other')}</Button>}
          <Button onClick={close}>{t(run.data ? 'kit:close' : 'kit:cancel')}</Button>
          {ready && (
            <Button variant="primary" busy={run.isPending || check.isPending} onClick={() => run.mutate(file)}>
              {t('customers:import.action', { count: report.valid })}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {!file && <Choose onFile={(chosen) => read({ file: chosen, format: formatOf(chosen.name), types: {} })} />}
        {file && !run.data && <Checked file={file} report={report} error={check.error} onChange={read} />}
        {run.error && <Banner tone="red">{run.error.message}</Banner>}
        {run.data && <JobProgress id={run.data.jobId} what="customers" />}
      </div>
    </Dialog>
  )
}

const formatOf = (name: string): 'csv' | 'ndjson' => (/\.(ndjson|jsonl|json)$/i.test(name) ? 'ndjson' : 'csv')

function Checked({
  file,
  report,
  error,
  onChange,
}: {
  file: ImportFile
  report: ImportReport | undefined
  error: Error | null
  onChange(file: ImportFile): void
}) {
  const { t } = useTranslation()
  if (error) return <Banner tone="red">{error.message}</Banner>
  if (!report) return <SkeletonLines lines={5} label={t('customers:import.reading', { file: file.file.name })} />
  return <Report file={file} report={report} onChange={onChange} />
}

function Choose({ onFile }: { onFile(file: File): void }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <>
      <button
        type="button"
        onClick={() => input.current?.click()}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx(
          'flex flex-col items-center gap-2 rounded-card border border-dashed px-4 py-10 text-center',
          over ? 'border-accent bg-accent-soft' : 'border-edge hover:bg-hover',
        )}
      >
        <IconFileUpload size={28} stroke={1.5} className="text-muted" aria-hidden />
        <span className="font-medium">{t('customers:import.choose')}</span>
        <span className="text-table text-muted">{t('customers:import.formats')}</span>
      </button>
      <input
        ref={input}
        type="file"
        aria-label={t('customers:import.file')}
        accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => target.files?.[0] && onFile(target.files[0])}
      />
      <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
        <Code block text={'id,email,plan,age\nada,ada@example.com,gold,36'} />
        <Code block text={'{"id":"ada","traits":{"email":"ada@example.com","age":36}}'} />
      </div>
    </>
  )
}
