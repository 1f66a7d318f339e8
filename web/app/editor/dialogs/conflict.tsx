import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { differences, isSame, noteDifferences, type Difference, type NoteDifference } from '../../canvas/doc/diff.js'
import type { Doc, DocTile } from '../../canvas/doc/types.js'
import { typeWords } from '../../canvas/words/essence.js'
import { noteWords } from '../../canvas/words/note.js'
import { Button } from '../../kit/button.js'
import { Banner } from '../../kit/banner.js'
import { Dialog } from '../../kit/dialog.js'
import { normalised } from '../save/parts.js'
import type { Conflict } from '../use-saving.js'

export interface ConflictDialogProps {
  mine: Doc
  conflict: Conflict
  onReload(): void
  onOverwrite(): void
  /** @returns when the copy is made; throws what went wrong */
  onCopy(): Promise<void>
}

/** Somebody else saved this draft meanwhile: shows what differs and asks what is to become of it. Nothing is lost by any answer. */
export function ConflictDialog({ mine, conflict: { theirs, key }, onReload, onOverwrite, onCopy }: ConflictDialogProps) {
  const { t } = useTranslation()
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)
  // As the server would keep them, else each default would be a difference.
  const { data } = useQuery({
    queryKey: ['conflict', key, mine],
    queryFn: async () => differences(await normalised(theirs), await normalised(mine)),
    staleTime: Infinity,
    gcTime: 0,
  })
  const makeCopy = async (): Promise<void> => {
    setBusy(true)
    await onCopy().catch((error: Error) => setWrong(error.message))
    setBusy(false)
  }
  return (
    <Dialog
      open
      sticky
      width="m"
      onClose={() => undefined}
      title={t('editor:conflict.title')}
      description={t('editor:conflict.text')}
      actions={
        <>
          <Button onClick={onReload}>{t('editor:conflict.reload')}</Button>
          <Button onClick={() => void makeCopy()} busy={busy}>
            {t('editor:conflict.copy')}
          </Button>
          <Button variant="danger" onClick={onOverwrite}>
            {t('editor:conflict.overwrite')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {wrong !== undefined && <Banner tone="red">{wrong}</Banner>}
        <h3 className="text-label font-medium text-muted">{t('editor:conflict.differs')}</h3>
        {data && <Differences difference={data} notes={noteDifferences(theirs.notes, mine.notes)} />}
        <p className="text-table text-muted">{t('editor:conflict.undo')}</p>
      </div>
    </Dialog>
  )
}

/** What differs between two documents, in a list. */
function Differences({ difference, notes }: { difference: Difference; notes: readonly NoteDifference[] }) {
  const { t } = useTranslation()
  const nameOf = (tile: DocTile | undefined, id: string): string => (tile ? tile.name || `${typeWords(tile.type, { t })} (${id})` : id)
  if (isSame(difference) && notes.length === 0) return <p className="text-body">{t('editor:diff.same')}</p>
  const { tiles, edges, others } = difference
  return (
    <ul className="flex flex-col gap-1 text-body">
      {tiles.map(({ id, kind, fields, before, after }) => (
        <li key={id}>{t(`editor:diff.${kind}`, { tile: nameOf(after ?? before, id), fields: fields.join(', ') })}</li>
      ))}
      {edges.map(({ kind, before, after }) => {
        const edge = after ?? before!
        return (
          <li key={`${kind}${edge.from}${edge.port}`}>
            {t(`editor:diff.edge.${kind}`, { from: edge.from, port: edge.port, to: edge.to })}
          </li>
        )
      })}
      {notes.map(({ kind, note, fields }) => (
        <li key={`${kind}${note.id}`}>
          {t(`editor:diff.${kind}`, { tile: t('editor:note.named', { text: noteWords(note, { t }) }), fields: fields.join(', ') })}
        </li>
      ))}
      {others.length > 0 && (
        <li>{t('editor:diff.others', { fields: others.map((field) => field.replace('settings.', '')).join(', ') })}</li>
      )}
    </ul>
  )
}
