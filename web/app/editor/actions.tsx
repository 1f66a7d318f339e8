import { IconAlertCircle, IconArrowBackUp, IconArrowForwardUp, IconCircleCheck, IconDots, IconTestPipe } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../api/me.js'
import { Button, IconButton } from '../kit/button.js'
import { Menu } from '../kit/menu.js'
import type { Opened } from './open.js'
import type { Problems } from './problems/use-problems.js'
import { shown, type Command } from './shortcuts.js'
import { useEditor } from './store.js'

export interface ActionsProps {
  opened: Opened
  problems: Problems
  readOnly: boolean
  /** All is on the server: what goes live is what is seen. */
  isSaved: boolean
  onCommand(command: Command): void
  onSettings(): void
  onActivate(): void
  onPublish(): void
}

/** The buttons of the top bar: undo, redo, what is wrong, go live. */
export function Actions({ opened, problems, readOnly, isSaved, onCommand, onSettings, onActivate, onPublish }: ActionsProps) {
  const { t } = useTranslation()
  const past = useEditor(({ history }) => history.past.length > 0)
  const future = useEditor(({ history }) => history.future.length > 0)
  const { errors, warnings, of } = problems
  const count = errors.length + warnings.length
  const mayOperate = useMay('operate')
  const ready = of !== undefined && errors.length === 0 && isSaved
  return (
    <>
      {!readOnly && (
        <>
          <IconButton
            label={t('editor:command.undo')}
            shortcut={shown('mod+z')}
            icon={IconArrowBackUp}
            disabled={!past}
            onClick={() => onCommand('undo')}
          />
          <IconButton
            label={t('editor:command.redo')}
            shortcut={shown('mod+shift+z')}
            icon={IconArrowForwardUp}
            disabled={!future}
            onClick={() => onCommand('redo')}
          />
        </>
      )}
      <Button
        variant="quiet"
        icon={count > 0 ? IconAlertCircle : IconCircleCheck}
        onClick={() => onCommand('problems')}
        className="max-sm:hidden"
      >
        {of ? t('editor:problems.count', { count }) : t('editor:problems.checking')}
      </Button>
      <Button variant="quiet" icon={IconTestPipe} onClick={() => onCommand('test')} className="max-sm:hidden">
        {t('editor:command.test')}
      </Button>
      <Menu
        items={[
          { label: t('editor:command.test'), onSelect: () => onCommand('test'), shortcut: 'T' },
          { label: t('editor:command.settings'), onSelect: onSettings },
          { label: t('editor:command.outline'), onSelect: () => onCommand('outline'), shortcut: 'O' },
          { label: t('editor:command.keys'), onSelect: () => onCommand('keys'), shortcut: '?' },
        ]}
      >
        <IconButton label={t('editor:more')} icon={IconDots} />
      </Menu>
      {!readOnly && mayOperate && opened.kind === 'first' && (
        <Button variant="primary" disabled={!ready} onClick={onActivate}>
          {t('editor:activateNow')}
        </Button>
      )}
      {!readOnly && mayOperate && opened.kind === 'next' && (
        <Button variant="primary" disabled={!ready} onClick={onPublish}>
          {t('editor:publish')}
        </Button>
      )}
    </>
  )
}
