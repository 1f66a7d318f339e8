import { IconAlertCircle, IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../tiles/problems.js'
import { tileOf } from '../../canvas/doc/lookup.js'
import type { Doc } from '../../canvas/doc/types.js'
import { typeWords } from '../../canvas/words/essence.js'
import type { Problems } from '../problems/use-problems.js'

export interface ProblemsPanelProps {
  problems: Pick<Problems, 'errors' | 'warnings'>
  doc: Doc
  onGo(problem: Problem): void
}

/** Everything that is wrong, errors first; a click goes there. */
export function ProblemsPanel({ problems: { errors, warnings }, doc, onGo }: ProblemsPanelProps) {
  const { t } = useTranslation()
  if (errors.length + warnings.length === 0) {
    return (
      <p className="flex items-center gap-2 px-4 py-3 text-body text-muted">
        <IconCircleCheck size={18} className="text-green" aria-hidden />
        {t('editor:problems.none')}
      </p>
    )
  }
  return (
    <ul aria-label={t('editor:problems.title')} className="flex flex-col p-1">
      {[...errors, ...warnings].map((problem, index) => (
        <li key={index}>
          <button
            type="button"
            onClick={() => onGo(problem)}
            className="flex w-full items-start gap-2 rounded-input px-3 py-1.5 text-left text-table hover:bg-hover"
          >
            {index < errors.length ? (
              <IconAlertCircle size={16} className="mt-0.5 shrink-0 text-red" aria-label={t('editor:problems.error')} />
            ) : (
              <IconAlertTriangle size={16} className="mt-0.5 shrink-0 text-amber" aria-label={t('editor:problems.warning')} />
            )}
            <span className="min-w-0 flex-1 break-words">
              <span className="font-medium">{placeOf(problem, doc, t)}</span> {problem.message}
            </span>
            <span className="shrink-0 font-mono text-label text-muted">{problem.code}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function placeOf({ tileId, edgeId, path }: Problem, doc: Doc, t: (key: string) => string): string {
  const tile = tileId === undefined ? undefined : tileOf(doc, tileId)
  if (tile) return `${tile.name || typeWords(tile.type, { t })}:`
  if (edgeId !== undefined) return `${t('editor:problems.edge')}:`
  return path?.startsWith('/settings') ? `${t('editor:problems.settings')}:` : ''
}
