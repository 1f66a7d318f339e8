import {
  IconCopy,
  IconDots,
  IconFileExport,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRosetteDiscountCheck,
  IconTag,
  IconTrash,
} from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { at, get } from '../../api/client.js'
import { useDuplicateJourney, type Journey, type JourneyListed } from '../../api/journeys.js'
import { useMay } from '../../api/me.js'
import { download } from '../../download.js'
import { IconButton } from '../../kit/button.js'
import { Menu, type MenuItem } from '../../kit/menu.js'
import { toast } from '../../kit/toast.js'
import { DetailsDialog } from './details-dialog.js'
import { exported, fileName } from './json-file.js'
import { LifecycleDialog, verbsOf, type Verb } from './lifecycle.js'

const ICONS = {
  activate: IconPlayerPlay,
  pause: IconPlayerPause,
  resume: IconPlayerPlay,
  complete: IconRosetteDiscountCheck,
  delete: IconTrash,
}

/** Everything that can be done with an orchestration of the list. */
export function RowMenu({ journey }: { journey: JourneyListed }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const duplicate = useDuplicateJourney()
  const [asking, setAsking] = useState<Verb | 'details'>()
  const { id, name, status } = journey
  const copy = (): void =>
    duplicate.mutate(id, {
      onSuccess: (made) =>
        toast.done(t('journeys:menu.copied', { name: made.name }), {
          action: { label: t('journeys:menu.open'), onSelect: () => void navigate(`/journeys/${made.id}/edit`) },
        }),
    })
  const save = (): void =>
    void get<Journey>(at`/journeys/${id}`).then(
      (whole) => download(fileName(name), exported(whole)),
      (error: Error) => toast.failed(t('kit:notDone'), { detail: error.message }),
    )
  const step = (verb: Verb) => ({
    label: t(`journeys:menu.${verb}`),
    icon: ICONS[verb],
    danger: verb === 'delete',
    onSelect: () => setAsking(verb),
  })
  const [mayWrite, mayOperate] = [useMay('write'), useMay('operate')]
  const verbs = verbsOf(status).filter((verb) => (verb === 'delete' ? mayWrite : mayOperate))
  const write = (...items: MenuItem[]): MenuItem[] => (mayWrite ? items : [])
  return (
    <>
      <Menu
        items={[
          ...verbs.filter((verb) => verb !== 'delete').map(step),
          {
            label: t(mayWrite ? 'journeys:menu.edit' : 'journeys:menu.look'),
            icon: IconPencil,
            onSelect: () => void navigate(`/journeys/${id}/edit`),
          },
          ...write({ label: t('journeys:menu.details'), icon: IconTag, onSelect: () => setAsking('details') }, 'line', {
            label: t('journeys:menu.duplicate'),
            icon: IconCopy,
            onSelect: copy,
          }),
          { label: t('journeys:menu.export'), icon: IconFileExport, onSelect: save },
          ...(verbs.includes('delete') ? (['line', step('delete')] as const) : []),
        ]}
      >
        <IconButton label={t('journeys:menu.label', { name })} icon={IconDots} />
      </Menu>
      {asking === 'details' && <DetailsDialog journey={journey} onClose={() => setAsking(undefined)} />}
      {asking !== undefined && asking !== 'details' && (
        <LifecycleDialog verb={asking} journey={journey} onClose={() => setAsking(undefined)} />
      )}
    </>
  )
}
