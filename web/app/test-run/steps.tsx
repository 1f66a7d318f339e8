import { IconChevronLeft, IconChevronLeftPipe, IconChevronRight, IconChevronRightPipe } from '@tabler/icons-react'
import { useId, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../kit/button.js'

export interface StepsProps {
  /** Index of the stop that is looked at. */
  step: number
  all: number
  /** The tile there, as it is called. */
  tile: string
  onStep(step: number): void
}

const KEYS: Record<string, (step: number, all: number) => number> = {
  ArrowLeft: (step) => step - 1,
  ArrowUp: (step) => step - 1,
  ArrowRight: (step) => step + 1,
  ArrowDown: (step) => step + 1,
  Home: () => 0,
  End: (_, all) => all - 1,
}

/** Buttons from stop to stop; arrow keys, Home and End do the same. */
export function Steps({ step, all, tile, onStep }: StepsProps) {
  const { t } = useTranslation()
  const id = useId()
  const press = (event: KeyboardEvent): void => {
    const to = KEYS[event.key]
    if (!to) return
    event.preventDefault()
    onStep(to(step, all))
  }
  return (
    <div className="flex min-w-0 items-center" role="group" aria-label={t('testRun:steps')} aria-describedby={id} onKeyDown={press}>
      <IconButton label={t('testRun:first')} icon={IconChevronLeftPipe} aria-disabled={step === 0} onClick={() => onStep(0)} />
      <IconButton
        label={t('testRun:back')}
        shortcut=","
        icon={IconChevronLeft}
        aria-disabled={step === 0}
        onClick={() => onStep(step - 1)}
      />
      <IconButton
        label={t('testRun:forth')}
        shortcut="."
        icon={IconChevronRight}
        aria-disabled={step === all - 1}
        onClick={() => onStep(step + 1)}
      />
      <IconButton label={t('testRun:last')} icon={IconChevronRightPipe} aria-disabled={step === all - 1} onClick={() => onStep(all - 1)} />
      <span id={id} role="status" className="min-w-0 truncate pl-1 text-table">
        {t('testRun:step', { step: step + 1, all, tile })}
      </span>
    </div>
  )
}
