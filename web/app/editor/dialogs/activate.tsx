import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { useTranslation } from 'react-i18next'
import type { activation } from '../../../../api/schemas/journeys.js'
import { at, post } from '../../api/client.js'
import type { Doc } from '../../canvas/doc/types.js'
import { triggerWords } from '../../canvas/words/essence.js'
import { record, records, type Say } from '../../canvas/words/say.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { SkeletonLines } from '../../kit/skeleton.js'

export interface ActivateDialogProps {
  id: string
  /** Of what is shown: nothing else goes live. */
  etag: string
  doc: Doc
  say: Say
  onClose(): void
  onActivated(): void
}

/** Says what will happen when it goes live, and how many enter at once; the server counts them. */
export function ActivateDialog({ id, etag, doc, say, onClose, onActivated }: ActivateDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const path = at`/journeys/${id}/activate`
  const preview = useQuery({
    queryKey: ['activation', id, etag],
    queryFn: () => post<z.output<typeof activation>>(path, undefined, { query: { dryRun: true }, ifMatch: etag }),
    gcTime: 0,
    retry: false,
  })
  const activate = useMutation({
    mutationFn: () => post(path, undefined, { ifMatch: etag }),
    meta: { quiet: true },
    onSuccess: onActivated,
    onSettled: () => client.invalidateQueries({ queryKey: ['journeys'] }),
  })
  const now = preview.data?.enters ?? 0
  const triggers = records(record(doc.tiles.find(({ type }) => type === 'entry')?.config).triggers)
  const sends = doc.tiles.filter(({ type }) => type === 'action' || type === 'webhook').length
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={onClose}
      title={t('editor:activate.title', { name: doc.name })}
      description={t('editor:activate.text')}
      action={now > 0 ? t('editor:activate.enter', { count: now }) : t('editor:activate.go')}
      busy={activate.isPending || preview.isPending}
      error={(activate.error ?? preview.error)?.message}
      onConfirm={() => activate.mutate()}
    >
      {preview.isPending ? (
        <SkeletonLines lines={3} label={t('editor:activate.counting')} />
      ) : (
        <ul className="flex list-disc flex-col gap-1 pl-5 text-body">
          {triggers.map((trigger, index) => (
            <li key={index}>{t('editor:activate.enters', { how: triggerWords(trigger, say) ?? '…' })}</li>
          ))}
          <li>{now > 0 ? t('editor:activate.now', { count: now }) : t('editor:activate.nobody')}</li>
          <li>{t('editor:activate.sends', { count: sends })}</li>
          {preview.data?.warnings.map(({ code, message }, index) => (
            <li key={`${code}${index}`}>{message}</li>
          ))}
          <li>{t('editor:activate.later')}</li>
        </ul>
      )}
    </ConfirmDialog>
  )
}
