import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_MEMBERS, useChangeMembers, type Audience } from '../../api/audiences.js'
import { ApiProblem } from '../../api/problem.js'
import { Banner } from '../../kit/banner.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field, INPUT, useField } from '../../kit/field.js'
import { Progress } from '../../kit/progress.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextArea } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { inParts, readIds } from './ids.js'

const VERBS = ['add', 'remove'] as const

/** Adds customers to a list or takes them out, by ids that are typed or read from a file, in calls of 10,000. */
export function AddDialog({ audience, onClose }: { audience: Audience; onClose(): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [verb, setVerb] = useState<(typeof VERBS)[number]>('add')
  const ids = readIds(text)
  const { send, sent, busy, error } = useSending(audience.id)
  const submit = (): void =>
    void send(verb, ids).then((whole) => {
      if (!whole) return
      toast.done(t(`audiences:add.done.${verb}`, { count: ids.length, name: audience.name }))
      onClose()
    })
  return (
    <FormDialog
      onClose={onClose}
      title={t('audiences:add.title', { name: audience.name })}
      width="m"
      onSubmit={submit}
      action={t(`audiences:add.action.${verb}`, { count: ids.length })}
      change={{ isPending: busy, error: null }}
      disabled={ids.length === 0}
    >
      <RadioGroup
        label={t('audiences:add.verb')}
        value={verb}
        onChange={setVerb}
        options={VERBS.map((value) => ({ value, label: t(`audiences:add.${value}`), hint: t(`audiences:add.${value}Hint`) }))}
      />
      <Field label={t('audiences:add.ids')} hint={t('audiences:add.idsHint')} error={error}>
        <TextArea value={text} onChange={setText} mono rows={7} spellCheck={false} placeholder={'ada\nbob'} />
      </Field>
      <Field label={t('audiences:add.file')} optional>
        <FileInput onText={setText} />
      </Field>
      {busy && ids.length > MAX_MEMBERS && <Progress done={sent} total={ids.length} label={t('audiences:add.progress')} />}
      {error !== undefined && sent > 0 && <Banner tone="amber">{t('audiences:add.partly', { count: sent })}</Banner>}
    </FormDialog>
  )
}

function FileInput({ onText }: { onText(text: string): void }) {
  return (
    <input
      type="file"
      {...useField()}
      accept=".csv,.txt,.tsv,text/csv,text/plain"
      onChange={({ target }) => void target.files?.[0]?.text().then(onText)}
      className={`${INPUT} h-9 w-full py-1.5 file:mr-3 file:border-0 file:bg-transparent file:font-medium file:text-accent`}
    />
  )
}

/** Sends ids in parts, one after another; after a refusal, the parts before it stay. */
function useSending(id: string) {
  const change = useChangeMembers(id)
  const [sent, setSent] = useState(0)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const send = async (verb: 'add' | 'remove', ids: readonly string[]): Promise<boolean> => {
    setBusy(true)
    setError(undefined)
    setSent(0)
    let done = 0
    try {
      for (const part of inParts(ids, MAX_MEMBERS)) {
        await change.mutateAsync({ [verb]: part })
        setSent((done += part.length))
      }
      return true
    } catch (problem) {
      setError(inWords(problem, ids.slice(done)))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { send, sent, busy, error }
}

/** Which ids cannot be, and why. */
function inWords(problem: unknown, ids: readonly string[]): string {
  if (!(problem instanceof ApiProblem)) return String(problem)
  if (problem.errors.length === 0) return problem.detail
  return problem.errors
    .slice(0, 3)
    .map(({ path, message }) => {
      const id = ids[Number(/\/(\d+)$/.exec(path ?? '')?.[1])]
      return id === undefined ? message : `“${id.length > 60 ? `${id.slice(0, 60)}…` : id}”: ${message}`
    })
    .join(' ')
}
