import { useTranslation } from 'react-i18next'
import { useUsedBy } from '../../api/used-by.js'
import { Card } from '../../kit/card.js'
import { LoadMore } from '../../kit/load-more.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { UserLinks } from './delete-dialog.js'

/** What names an audience, a destination or a template, each with a link. */
export function UsedBy({ kind, id }: { kind: 'audiences' | 'destinations' | 'templates'; id: string }) {
  const { t } = useTranslation()
  const list = useUsedBy(kind, id)
  return (
    <Card title={t('parts:usedBy')}>
      {list.error ? (
        <p className="text-table break-words text-red">{list.error.message}</p>
      ) : list.rows === undefined ? (
        <SkeletonLines lines={2} label={t('parts:usedBy')} />
      ) : list.rows.length === 0 ? (
        <p className="text-table text-muted">{t(`parts:unused.${kind}`)}</p>
      ) : (
        <>
          <UserLinks users={list.rows} />
          <LoadMore list={list} />
        </>
      )}
    </Card>
  )
}
