import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { at, get } from '../../api/client.js'
import { useLifecycle } from '../../api/journeys.js'
import type { Doc } from '../../canvas/doc/types.js'
import { record, records } from '../../canvas/words/say.js'
import type { Say } from '../../canvas/words/say.js'
import { triggerWords } from '../../canvas/words/essence.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'

export interface ActivateDialogProps {
  id: string
  doc: Doc
  say: Say
  onClose(): void
  onActivated(): void
}

/** Says what will happen when it goes live, and how many enter at once. */
export function ActivateDialog({ id, doc, say, onClose, onActivated }: ActivateDialogProps) {
  const { t } = useTranslation()
  const change = useLifecycle()
  const triggers = records(record(doc.tiles.find(({ type }) => type === 'entry')?.config).triggers)
  const now = useEnteringNow(triggers)
  const words = triggers.flatMap((trigger) => triggerWords(trigger, say) ?? [])
  const sends = doc.tiles.filter(({ type }) => type === 'action' || type === 'webhook').length
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={onClose}
      title={t('editor:activate.title', { name: doc.name })}
      description={t('editor:activate.text')}
      action={now > 0 ? t('editor:activate.enter', { count: now }) : t('editor:activate.go')}
      busy={change.isPending}
      error={change.error?.message}
      onConfirm={() => change.mutate({ verb: 'activate', id }, { onSuccess: onActivated })}
    >
      <ul className="flex list-disc flex-col gap-1 pl-5 text-body">
        {words.map((word) => (
          <li key={word}>{t('editor:activate.enters', { how: word })}</li>
        ))}
        <li>{now > 0 ? t('editor:activate.now', { count: now }) : t('editor:activate.nobody')}</li>
        <li>{t('editor:activate.sends', { count: sends })}</li>
        <li>{t('editor:activate.later')}</li>
      </ul>
    </ConfirmDialog>
  )
}

/** How many are in the audiences whose members enter at once. Somebody in two of them is counted twice. */
function useEnteringNow(triggers: readonly Record<string, unknown>[]): number {
  const ids = triggers.flatMap(({ type, audienceId, includeExisting }) =>
    type === 'audience' && includeExisting === true && typeof audienceId === 'string' ? [audienceId] : [],
  )
  const audiences = useQueries({
    queries: ids.map((id) => ({ queryKey: ['audiences', 'one', id], queryFn: () => get<{ size: number }>(at`/audiences/${id}`) })),
  })
  return audiences.reduce((sum, { data }) => sum + (data?.size ?? 0), 0)
}
