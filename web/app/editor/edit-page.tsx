import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { Page } from '../frame/page.js'
import { ErrorState } from '../kit/error-state.js'
import { SkeletonLines } from '../kit/skeleton.js'
import { EditorView } from './editor-view.js'
import { openDraft } from './open.js'
import { createEditor, EditorProvider } from './store.js'
import { startWith, type Start } from './use-saving.js'

/** /journeys/:id/edit: draws an orchestration. */
export default function EditPage() {
  const { id = '' } = useParams()
  return <Opening key={id} id={id} />
}

function Opening({ id }: { id: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  // Read once: from then on the editor knows better than any cache.
  const query = useQuery({
    queryKey: ['edit', id],
    queryFn: async () => startWith(await openDraft(id)),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const crumbs = [{ label: t('journeys:title'), to: '/journeys' }]
  if (query.data)
    return <Editing key={query.dataUpdatedAt} start={query.data} onReopen={() => void client.resetQueries({ queryKey: ['edit', id] })} />
  return (
    <Page title={t('editor:loading')} titleSlot="" crumbs={crumbs}>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonLines label={t('editor:loading')} />
      )}
    </Page>
  )
}

function Editing({ start, onReopen }: { start: Start; onReopen(): void }) {
  const store = useMemo(() => createEditor(start.doc), [start])
  return (
    <EditorProvider value={store}>
      <ReactFlowProvider>
        <EditorView start={start} onReopen={onReopen} />
      </ReactFlowProvider>
    </EditorProvider>
  )
}
