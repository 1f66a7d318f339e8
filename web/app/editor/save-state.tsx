import { IconAlertTriangle, IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { cx } from '../kit/cx.js'
import { Tooltip } from '../kit/tooltip.js'
import type { SaveState } from './save/saver.js'

const LOOKS = {
  saved: [IconCloudCheck, 'text-muted'],
  saving: [IconCloudUp, 'text-muted'],
  offline: [IconCloudOff, 'text-amber'],
  refused: [IconAlertTriangle, 'text-red'],
  conflict: [IconAlertTriangle, 'text-red'],
} as const

/** Whether all is on the server. */
export function SaveStateView({ state, room }: { state: SaveState<unknown>; room: boolean }) {
  const { t } = useTranslation()
  const [Glyph, colour] = LOOKS[state.kind]
  const more = state.kind === 'refused' ? state.why : t(`editor:save.${state.kind}.text`)
  return (
    <Tooltip text={room || state.kind === 'saved' ? more : t('editor:save.noRoom')}>
      <span role="status" tabIndex={-1} className={cx('flex items-center gap-1 text-label whitespace-nowrap', colour)}>
        <Glyph size={16} aria-hidden />
        <span className="max-sm:sr-only">{t(`editor:save.${state.kind}.label`)}</span>
      </span>
    </Tooltip>
  )
}
