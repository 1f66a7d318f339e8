import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../api/problem.js'
import { usePublish, usePublishDryRun, useVersion, type Fate } from '../api/versions.js'
import type { Doc, DocTile } from '../canvas/doc/types.js'
import { typeWords } from '../canvas/words/essence.js'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { Count } from '../kit/count.js'
import { FormDialog } from '../kit/form-dialog.js'
import { Select } from '../kit/select.js'
import { SkeletonLines } from '../kit/skeleton.js'
import { JobDialog } from '../member/operate/job-dialog.js'
import { bodyOfPlan, decide, FALLBACK, landings, open, totals, type Plan, type Step } from './plan.js'
import { useVersionDoc } from './use-version-doc.js'

const FATES: readonly Fate[] = ['stay', 'move', 'exit']

export interface PublishDialogProps {
  id: string
  /** The numbers of the two versions. */
  draft: number
  live: number
  onClose(): void
}

/** Says, tile by tile, what becomes of the members who are in the live version, counts them, and publishes the draft. */
export function PublishDialog({ id, draft, live, onClose }: PublishDialogProps) {
  const { t } = useTranslation()
  const [plan, setPlan] = useState<Plan>({})
  const [job, setJob] = useState<string>()
  const [old, next] = [useVersion(id, live), useVersion(id, draft)]
  const [before, after] = [useVersionDoc(id, old.data?.data), useVersionDoc(id, next.data?.data)]
  const counted = usePublishDryRun(id, draft, bodyOfPlan(plan))
  const publish = usePublish(id)
  if (job !== undefined) return <JobDialog id={job} kind="publish" onClose={onClose} />
  const members = Object.fromEntries(Object.entries(counted.data?.tiles ?? {}).map(([tile, { members }]) => [tile, members]))
  const sums = totals(plan, members)
  const missing = open(plan)
  const submit = (): void => {
    if (missing.length > 0 || !counted.data) return
    publish.mutate({ n: draft, plan: bodyOfPlan(plan), etag: next.data?.etag }, { onSuccess: ({ jobId }) => setJob(jobId) })
  }
  return (
    <FormDialog
      width="l"
      onClose={onClose}
      onSubmit={submit}
      title={t('versions:publish.title', { draft })}
      description={t('versions:publish.text', { live })}
      aside={
        <p role="status" className="py-1.5 text-body font-medium tabular-nums">
          {counted.data ? t('versions:publish.sums', { stay: sums.stay, move: sums.move, exit: sums.exit }) : t('member:operate.counting')}
        </p>
      }
      action={t('versions:publish.action', { draft })}
      danger={sums.exit > 0}
      change={{ isPending: publish.isPending, error: null }}
      disabled={missing.length > 0 || !counted.data}
    >
      <Problems error={publish.error ?? counted.error} />
      {before && after ? (
        <>
          <All
            onChoose={(fate) =>
              setPlan(
                decide(
                  plan,
                  after,
                  before.tiles
                    .map(({ id }) => id)
                    .filter((id) => fate !== 'move' || after.tiles.some((tile) => tile.id === id && tile.type !== 'entry')),
                  fate,
                ),
              )
            }
          />
          <ul className="flex flex-col">
            {before.tiles
              .filter(({ type }) => type !== 'exit')
              .map((tile) => (
                <Line
                  key={tile.id}
                  tile={tile}
                  members={members[tile.id]}
                  step={plan[tile.id] ?? { do: FALLBACK }}
                  next={after}
                  onStep={(step) => setPlan({ ...plan, [tile.id]: step })}
                  onFate={(fate) => setPlan(decide(plan, after, [tile.id], fate))}
                />
              ))}
          </ul>
        </>
      ) : (
        <SkeletonLines label={t('kit:loading')} />
      )}
    </FormDialog>
  )
}

function Problems({ error }: { error: Error | null }) {
  if (!error) return null
  const more = error instanceof ApiProblem ? error.errors.slice(0, 5) : []
  return (
    <Banner tone="red">
      {error.message}
      {more.length > 1 && (
        <ul className="list-disc pl-5">
          {more.map(({ message }) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
    </Banner>
  )
}

function All({ onChoose }: { onChoose(fate: Fate): void }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap items-center gap-2 text-table">
      <span className="text-muted">{t('versions:publish.all')}</span>
      {FATES.map((fate) => (
        <Button key={fate} size="s" onClick={() => onChoose(fate)}>
          {t(`versions:publish.allDo.${fate}`)}
        </Button>
      ))}
    </div>
  )
}

interface LineProps {
  tile: DocTile
  members: number | undefined
  step: Step
  next: Doc
  onStep(step: Step): void
  onFate(fate: Fate): void
}

/** One tile of the live version: how many are there, what becomes of them. */
function Line({ tile, members, step, next, onStep, onFate }: LineProps) {
  const { t } = useTranslation()
  const nameOf = (each: DocTile): string => each.name || `${typeWords(each.type, { t })} (${each.id})`
  const name = nameOf(tile)
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2 text-table last:border-b-0">
      <span className="min-w-0 flex-1 basis-40 truncate font-medium" title={name}>
        {name}
      </span>
      <span className="w-24 text-right">{members !== undefined && <Count n={members} />}</span>
      <Select
        label={t('versions:publish.fateOf', { tile: name })}
        value={step.do}
        onChange={onFate}
        size="s"
        className="w-40"
        options={FATES.map((fate) => ({
          value: fate,
          label: t(`versions:publish.fate.${fate}`),
          hint: t(`versions:publish.fateHint.${fate}`),
        }))}
      />
      <span className="w-52 max-sm:w-full">
        {step.do === 'move' && (
          <Select
            label={t('versions:publish.toOf', { tile: name })}
            value={step.to}
            placeholder={t('versions:publish.where')}
            onChange={(to) => onStep({ do: 'move', to })}
            size="s"
            options={landings(next).map((each) => ({ value: each.id, label: nameOf(each) }))}
          />
        )}
      </span>
    </li>
  )
}
