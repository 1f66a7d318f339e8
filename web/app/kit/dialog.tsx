import { IconX } from '@tabler/icons-react'
import { Dialog as Radix } from 'radix-ui'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'

export interface DialogProps {
  open: boolean
  onClose(): void
  title: string
  /** A sentence below the title. */
  description?: ReactNode
  children?: ReactNode
  /** Buttons, the primary last. */
  actions?: ReactNode
  /** The dialog is a form: what Enter in a field and the submit button do. */
  onSubmit?(): void
  width?: 's' | 'm' | 'l'
  /** It stays until it is answered: no cross, no Escape. */
  sticky?: boolean
}

const WIDTHS = { s: 'max-w-md', m: 'max-w-xl', l: 'max-w-4xl' } as const

/** Asks or shows one thing above the page. */
export function Dialog({ open, onClose, title, description, children, actions, onSubmit, width = 's', sticky = false }: DialogProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    onSubmit?.()
  }
  const inside = (
    <>
      {children !== undefined && <div className="min-h-0 overflow-y-auto px-5 py-1">{children}</div>}
      {actions !== undefined && <div className="flex flex-wrap justify-end gap-2 p-5 pt-3">{actions}</div>}
    </>
  )
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && !sticky && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="move-fade fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          onEscapeKeyDown={(event) => sticky && event.preventDefault()}
          onInteractOutside={(event) => sticky && event.preventDefault()}
          className={cx(
            'move-pop fixed inset-x-3 top-[min(12vh,96px)] z-40 mx-auto flex max-h-[80vh] flex-col rounded-card border border-line bg-raised shadow-dialog outline-none',
            WIDTHS[width],
          )}
        >
          <div className={cx('p-5 pb-3', !sticky && 'pr-14')}>
            <Radix.Title className="text-[16px]/6 font-semibold break-words">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="mt-1 text-body break-words text-muted">{description}</Radix.Description>
            )}
          </div>
          {onSubmit ? (
            <form onSubmit={submit} noValidate className="flex min-h-0 flex-col">
              {inside}
            </form>
          ) : (
            inside
          )}
          {!sticky && <Close />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Close() {
  const { t } = useTranslation()
  return (
    <Radix.Close
      aria-label={t('kit:close')}
      className="absolute top-3.5 right-3.5 grid size-8 place-items-center rounded-input text-muted hover:bg-hover hover:text-text"
    >
      <IconX size={18} aria-hidden />
    </Radix.Close>
  )
}

export interface DrawerProps {
  open: boolean
  onClose(): void
  title: string
  children: ReactNode
  actions?: ReactNode
}

/** More about one thing, at the right of the page; on a phone all of it. */
export function Drawer({ open, onClose, title, children, actions }: DrawerProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="move-fade fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="move-slide fixed inset-y-0 right-0 z-40 flex w-[min(560px,100vw)] flex-col border-l border-line bg-raised shadow-dialog outline-none"
        >
          <Radix.Title className="border-b border-line px-5 py-4 pr-14 text-[16px]/6 font-semibold break-words">{title}</Radix.Title>
          <div className="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
          {actions !== undefined && <div className="flex justify-end gap-2 border-t border-line p-4">{actions}</div>}
          <Close />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
