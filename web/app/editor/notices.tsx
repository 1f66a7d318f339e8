import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { EmptyState } from '../kit/empty-state.js'
import type { Commands } from './commands.js'
import { beginVersion, type Opened } from './open.js'
import { PRESETS } from './presets.js'

/** Says why what is live cannot be changed, and how it can. */
export function LiveBanner({ opened, onBegun }: { opened: Opened; onBegun(): void }) {
  const { t } = useTranslation()
  const begin = useMutation({ mutationFn: () => beginVersion(opened.id), onSuccess: onBegun })
  const completed = opened.status === 'completed'
  return (
    <div className="p-3 pb-0">
      <Banner
        actions={
          !completed && (
            <Button variant="primary" size="s" busy={begin.isPending} onClick={() => begin.mutate()}>
              {t('editor:live.begin')}
            </Button>
          )
        }
      >
        {t(completed ? 'editor:live.completed' : 'editor:live.text')}
      </Banner>
    </div>
  )
}

/** What an empty canvas says. */
export function EmptyCanvas({ readOnly, commands }: { readOnly: boolean; commands: Commands }) {
  const { t } = useTranslation()
  const entry = PRESETS.find(({ id }) => id === 'entry')!
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center">
      <div className="pointer-events-auto">
        <EmptyState
          icon={IconPlayerPlay}
          title={t('editor:empty.title')}
          action={
            !readOnly && (
              <Button icon={IconPlayerPlay} onClick={() => commands.add(entry, 'anywhere')}>
                {t('editor:empty.action')}
              </Button>
            )
          }
        >
          {t('editor:empty.text')}
        </EmptyState>
      </div>
    </div>
  )
}
