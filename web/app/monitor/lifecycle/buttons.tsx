import { IconDots, IconPlayerPause, IconPlayerPlay, IconRosetteDiscountCheck, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LifecycleDialog, verbsOf, type Subject, type Verb } from '../../pages/journeys/lifecycle.js'
import type { JourneyStatus } from '../../api/journeys.js'
import { Button, IconButton } from '../../kit/button.js'
import { useNarrow } from '../../editor/use-narrow.js'
import { Menu } from '../../kit/menu.js'

const ICONS = {
  activate: IconPlayerPlay,
  pause: IconPlayerPause,
  resume: IconPlayerPlay,
  complete: IconRosetteDiscountCheck,
  delete: IconTrash,
}

export interface LifecycleButtonsProps {
  /** With counts of now: the dialogs say to how many something will be done. */
  journey: Subject & { status: JourneyStatus }
  /** The first verb is the page's primary button. */
  primary?: boolean
  /** After it was done. */
  onDone?(verb: Verb): void
}

/** The steps of an orchestration's life that are possible now: the likeliest as a button, the others (on a phone all) in a menu. Each asks first. */
export function LifecycleButtons({ journey, primary = false, onDone }: LifecycleButtonsProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Verb>()
  const narrow = useNarrow()
  const verbs = verbsOf(journey.status)
  const first = narrow ? undefined : verbs[0]
  const others = narrow ? verbs : verbs.slice(1)
  return (
    <>
      {first && (
        <Button variant={primary ? 'primary' : 'secondary'} icon={ICONS[first]} onClick={() => setAsking(first)}>
          {t(`journeys:menu.${first}`)}
        </Button>
      )}
      {others.length > 0 && (
        <Menu
          items={others.map((verb) => ({
            label: t(`journeys:menu.${verb}`),
            icon: ICONS[verb],
            danger: verb === 'delete',
            onSelect: () => setAsking(verb),
          }))}
        >
          <IconButton label={t('monitor:more')} icon={IconDots} />
        </Menu>
      )}
      {asking && <LifecycleDialog verb={asking} journey={journey} onClose={() => setAsking(undefined)} onDone={() => onDone?.(asking)} />}
    </>
  )
}
