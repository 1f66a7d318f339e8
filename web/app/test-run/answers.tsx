import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { DocTile } from '../canvas/doc/types.js'
import { hueOf, TILE_ICONS } from '../canvas/view/icons.js'
import { Bound } from '../forms/inputs/form.js'
import { Button, IconButton } from '../kit/button.js'
import { Select } from '../kit/select.js'
import { TextArea, TextInput } from '../kit/text-input.js'
import { ANSWERS, answerPath, nextKey, type Answer } from './script.js'

export interface AnswersProps {
  tile: DocTile
  /** What the tile is called. */
  name: string
  answers: readonly Answer[]
  onChange(answers: readonly Answer[]): void
}

/** What the attempts of one tile get, in order; without any, everything is taken. */
export function Answers({ tile, name, answers, onChange }: AnswersProps) {
  const { t } = useTranslation()
  const Glyph = TILE_ICONS[tile.type]
  const add = (): void => onChange([...answers, { key: nextKey(answers), kind: answers.length === 0 ? 'retry' : 'ok', code: '', body: '' }])
  return (
    <section aria-label={t('testRun:answersOf', { tile: name })} className="flex min-w-0 flex-col gap-2">
      <header className="flex min-w-0 items-center gap-2">
        <Glyph size={16} className="shrink-0" style={{ color: hueOf(tile.type) }} aria-hidden />
        <h4 className="min-w-0 flex-1 truncate text-table font-medium" title={name}>
          {name}
        </h4>
        <Button size="s" icon={IconPlus} onClick={add} aria-label={t('testRun:addAnswerOf', { tile: name })}>
          {t('testRun:addAnswer')}
        </Button>
      </header>
      {answers.length === 0 && <p className="text-label text-muted">{t('testRun:taken')}</p>}
      {answers.map((answer, index) => (
        <OneAnswer
          key={answer.key}
          {...{ answer, tile }}
          n={index + 1}
          isLast={index === answers.length - 1}
          onChange={(next) => onChange(answers.map((each) => (each === answer ? next : each)))}
          onRemove={() => onChange(answers.filter((each) => each !== answer))}
        />
      ))}
    </section>
  )
}

interface OneAnswerProps {
  answer: Answer
  tile: DocTile
  n: number
  isLast: boolean
  onChange(answer: Answer): void
  onRemove(): void
}

function OneAnswer({ answer, tile, n, isLast, onChange, onRemove }: OneAnswerProps) {
  const { t } = useTranslation()
  const path = answerPath(tile.id, n - 1)
  const name = t(isLast ? 'testRun:attemptOn' : 'testRun:attempt', { n })
  return (
    <div role="group" aria-label={name} className="flex min-w-0 flex-col gap-2 border-l-2 border-line pl-3">
      <div className="flex items-end gap-1">
        <Bound path={`${path}/kind`} label={name} className="min-w-0 flex-1">
          <Select
            value={answer.kind}
            onChange={(kind) => onChange({ ...answer, kind })}
            options={ANSWERS.map((kind) => ({ value: kind, label: t(`testRun:answer.${kind}`), hint: t(`testRun:answerHint.${kind}`) }))}
          />
        </Bound>
        <IconButton label={t('inputs:item.remove', { name })} icon={IconTrash} onClick={onRemove} />
      </div>
      {answer.kind !== 'ok' && (
        <Bound path={`${path}/code`} label={t('testRun:code')} hint={t('testRun:codeHint')} optional>
          <TextInput mono value={answer.code} onChange={(code) => onChange({ ...answer, code })} placeholder="503" />
        </Bound>
      )}
      {answer.kind === 'ok' && tile.type === 'webhook' && (
        <Bound path={`${path}/body`} deep label={t('testRun:body')} hint={t('testRun:bodyHint')} optional>
          <TextArea mono rows={3} value={answer.body} onChange={(body) => onChange({ ...answer, body })} placeholder='{"code": "SPRING"}' />
        </Bound>
      )}
    </div>
  )
}
