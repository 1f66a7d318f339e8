import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconX } from '@tabler/icons-react'
import { Toast as Radix } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import { cx } from './cx.js'

interface Shown {
  id: number
  tone: 'done' | 'failed' | 'info'
  text: string
  /** A second line. */
  detail?: string
  /** One thing to do about it, such as undo. */
  action?: { label: string; onSelect(): void }
}

interface Toasts {
  shown: Shown[]
  add(toast: Omit<Shown, 'id'>): void
  remove(id: number): void
}

const useToasts = create<Toasts>((set) => ({
  shown: [],
  add: (toast) => set(({ shown }) => ({ shown: [...shown.slice(-3), { ...toast, id: (shown.at(-1)?.id ?? 0) + 1 }] })),
  remove: (id) => set(({ shown }) => ({ shown: shown.filter((toast) => toast.id !== id) })),
}))

/** Says what was done or could not be. Works anywhere, also outside of components. Failures stay until they are closed. */
export const toast = {
  done: (text: string, more: Pick<Shown, 'detail' | 'action'> = {}): void => useToasts.getState().add({ tone: 'done', text, ...more }),
  failed: (text: string, more: Pick<Shown, 'detail' | 'action'> = {}): void => useToasts.getState().add({ tone: 'failed', text, ...more }),
  info: (text: string, more: Pick<Shown, 'detail' | 'action'> = {}): void => useToasts.getState().add({ tone: 'info', text, ...more }),
}

const ICONS = { done: IconCircleCheck, failed: IconAlertTriangle, info: IconInfoCircle }
const COLOURS = { done: 'text-green', failed: 'text-red', info: 'text-blue' }

/** Where toasts appear: once, in the frame. */
export function ToastRegion() {
  const { t } = useTranslation()
  const { shown, remove } = useToasts()
  return (
    <Radix.Provider label={t('kit:notice')} swipeDirection="right">
      {shown.map((one) => (
        <One key={one.id} toast={one} onClose={() => remove(one.id)} />
      ))}
      <Radix.Viewport className="fixed right-4 bottom-[calc(16px+var(--bottom))] z-50 flex w-90 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none" />
    </Radix.Provider>
  )
}

function One({ toast: { tone, text, detail, action }, onClose }: { toast: Shown; onClose(): void }) {
  const { t } = useTranslation()
  const Glyph = ICONS[tone]
  return (
    <Radix.Root
      duration={tone === 'failed' ? Infinity : 5_000}
      type={tone === 'failed' ? 'foreground' : 'background'}
      onOpenChange={(open) => !open && onClose()}
      className="move-slide flex items-start gap-2.5 rounded-card border border-line bg-raised p-3 shadow-float"
    >
      <Glyph size={18} className={cx('mt-px shrink-0', COLOURS[tone])} aria-hidden />
      <div className="min-w-0 flex-1">
        <Radix.Title className="text-body break-words">{text}</Radix.Title>
        {detail !== undefined && <Radix.Description className="text-table break-words text-muted">{detail}</Radix.Description>}
        {action && (
          <Radix.Action
            altText={action.label}
            onClick={action.onSelect}
            className="mt-1 text-table font-medium text-accent hover:underline"
          >
            {action.label}
          </Radix.Action>
        )}
      </div>
      <Radix.Close
        aria-label={t('kit:close')}
        className="grid size-6 shrink-0 place-items-center rounded-[4px] text-muted hover:bg-hover hover:text-text"
      >
        <IconX size={16} aria-hidden />
      </Radix.Close>
    </Radix.Root>
  )
}
