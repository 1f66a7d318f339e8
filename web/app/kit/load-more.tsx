import { useTranslation } from 'react-i18next'
import { Button } from './button.js'

/** The button below a list that has more pages; nothing when it has not. Give it what useList answers. */
export function LoadMore({ list }: { list: { hasMore: boolean; loadingMore: boolean; loadMore(): void } }) {
  const { t } = useTranslation()
  if (!list.hasMore) return null
  return (
    <Button variant="quiet" size="s" busy={list.loadingMore} onClick={list.loadMore}>
      {t('kit:more')}
    </Button>
  )
}
