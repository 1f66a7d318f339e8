import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useImport, useImportDryRun, type ImportFile, type ImportOf, type ImportReport } from '../api/imports.js'
import { JobProgress } from '../jobs/job-progress.js'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { Code } from '../kit/code.js'
import { Dialog } from '../kit/dialog.js'
import { Field } from '../kit/field.js'
import { Select } from '../kit/select.js'
import { SkeletonLines } from '../kit/skeleton.js'
import { ChooseFile } from './choose-file.js'
import { Report } from './import-report.js'

const KINDS: readonly ImportOf[] = ['customers', 'subscriptions', 'suppressions']

/** What a file of each looks like. */
const EXAMPLES: Record<ImportOf, readonly string[]> = {
  customers: ['id,email,plan,age\nada,ada@example.com,gold,36', '{"id":"ada","traits":{"email":"ada@example.com","age":36}}'],
  subscriptions: ['id,channel,topic,state,at\nada,email,News,subscribed,2026-03-01T09:00:00Z\nbob,sms,,unsubscribed,2026-04-12'],
  suppressions: ['channel,address,reason,at\nemail,eve@example.com,hard_bounce,2026-03-01\nsms,+34600111222,complaint,'],
}

/** Imports a file: choose it, see what is in it, write it, follow the job. `of`: what it is taken for unless somebody says otherwise. */
export function ImportDialog({ of: first, onClose }: { of: ImportOf; onClose(): void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const check = useImportDryRun()
  const run = useImport()
  const [of, setOf] = useState(first)
  const [file, setFile] = useState<ImportFile>()
  const read = (next: ImportFile): void => {
    setFile(next)
    check.mutate(next)
  }
  const close = (): void => {
    void client.invalidateQueries({ queryKey: [of] })
    onClose()
  }
  const report = check.data
  const ready = file !== undefined && report !== undefined && report.valid > 0 && !run.data
  return (
    <Dialog
      open
      width="l"
      onClose={close}
      title={t(`imports:${of}.title`)}
      {...(file ? {} : { description: t(`imports:${of}.text`) })}
      actions={
        <>
          {file && !run.data && <Button onClick={() => setFile(undefined)}>{t('imports:other')}</Button>}
          <Button onClick={close}>{t(run.data ? 'kit:close' : 'kit:cancel')}</Button>
          {ready && (
            <Button variant="primary" busy={run.isPending || check.isPending} onClick={() => run.mutate(file)}>
              {t(`imports:${of}.action`, { count: report.valid })}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {!file && <Choose of={of} onOf={setOf} onFile={read} />}
        {file && !run.data && <Checked file={file} report={report} error={check.error} onChange={read} />}
        {run.error && <Banner tone="red">{run.error.message}</Banner>}
        {run.data && <JobProgress id={run.data.jobId} what={of} />}
      </div>
    </Dialog>
  )
}

interface ChooseProps {
  of: ImportOf
  onOf(of: ImportOf): void
  onFile(file: ImportFile): void
}

function Choose({ of, onOf, onFile }: ChooseProps) {
  const { t } = useTranslation()
  const lines = of === 'customers'
  const formatOf = (name: string): 'csv' | 'ndjson' => (lines && /\.(ndjson|jsonl|json)$/i.test(name) ? 'ndjson' : 'csv')
  return (
    <>
      <Field label={t('imports:of.label')}>
        <Select value={of} onChange={onOf} options={KINDS.map((value) => ({ value, label: t(`imports:of.${value}`) }))} />
      </Field>
      <ChooseFile
        label={t(`imports:${of}.file`)}
        hint={t(`imports:${of}.formats`)}
        accept={lines ? '.csv,.ndjson,.jsonl,text/csv,application/x-ndjson' : '.csv,text/csv'}
        onFile={(file) => onFile({ of, file, format: formatOf(file.name), types: {} })}
      />
      <div className="grid auto-cols-fr gap-4 sm:grid-flow-col">
        {EXAMPLES[of].map((text) => (
          <Code key={text} block text={text} />
        ))}
      </div>
    </>
  )
}

interface CheckedProps {
  file: ImportFile
  report: ImportReport | undefined
  error: Error | null
  onChange(file: ImportFile): void
}

function Checked({ file, report, error, onChange }: CheckedProps) {
  const { t } = useTranslation()
  if (error) return <Banner tone="red">{error.message}</Banner>
  if (!report) return <SkeletonLines lines={5} label={t('imports:reading', { file: file.file.name })} />
  return <Report file={file} report={report} onChange={onChange} />
}
