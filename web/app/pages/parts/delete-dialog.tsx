import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ApiProblem } from '../../api/problem.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { Dialog } from '../../kit/dialog.js'

export interface DeleteDialogProps {
  title: string
  /** What will be lost. */
  description: string
  /** The verb, by name: "Delete the list". */
  action: string
  onConfirm(): void
  onClose(): void
  busy: boolean
  error: Error | null
}

/** Asks before something is deleted; when something names it, says what and leads there. */
export function DeleteDialog({ title, description, action, onConfirm, onClose, busy, error }: DeleteDialogProps) {
  const { t } = useTranslation()
  const users = usersIn(error)
  if (users.length === 0)
    return (
      <ConfirmDialog
        open
        danger
        onClose={onClose}
        title={title}
        description={description}
        action={action}
        onConfirm={onConfirm}
        busy={busy}
        error={error?.message}
      />
    )
  return (
    <Dialog open onClose={onClose} title={t('parts:inUse')} actions={<Button onClick={onClose}>{t('kit:close')}</Button>}>
      <div className="flex flex-col gap-3">
        <Banner tone="amber">{t('parts:inUseText')}</Banner>
        <UserLinks users={users} />
      </div>
    </Dialog>
  )
}

/** What names something by id: an orchestration, an audience or a template. */
export interface User {
  id: string
  name: string
  /** Of an orchestration, where it is known. */
  status?: string | null
}

/** Links to what names something. */
export function UserLinks({ users }: { users: readonly User[] }) {
  const { t } = useTranslation()
  return (
    <ul aria-label={t('parts:usedBy')} className="flex flex-col gap-1">
      {users.map((user) => (
        <li key={user.id} className="min-w-0">
          <Link
            to={pageOf(user)}
            className="inline-block max-w-full min-h-6 rounded-[4px] break-words text-accent underline-offset-2 hover:underline"
          >
            {user.name}
          </Link>
          {user.status === 'draft' && <span className="ml-2 text-label text-muted">{t('kit:state.draft')}</span>}
        </li>
      ))}
    </ul>
  )
}

function pageOf({ id, status }: User): string {
  if (id.startsWith('aud_')) return `/audiences/${id}`
  if (id.startsWith('tpl_')) return `/templates/${id}`
  return status === 'draft' ? `/journeys/${id}/edit` : `/journeys/${id}/monitor`
}

function usersIn(error: Error | null): User[] {
  const users = error instanceof ApiProblem ? error.extra['usedBy'] : undefined
  return Array.isArray(users) ? (users as User[]) : []
}
