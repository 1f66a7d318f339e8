import { useTranslation } from 'react-i18next'
import { Dialog } from '../../kit/dialog.js'
import { Kbd } from '../../kit/kbd.js'
import { shown, SHORTCUTS } from '../shortcuts.js'

/** All keys, on one sheet. */
export function ShortcutsDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const groups = [...new Set(SHORTCUTS.map(({ group }) => group))]
  return (
    <Dialog open width="l" onClose={onClose} title={t('editor:keys.title')}>
      <div tabIndex={0} role="group" aria-label={t('editor:keys.title')} className="grid gap-6 pb-5 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group}>
            <h3 className="pb-1 text-label font-medium text-muted">{t(`editor:keys.group.${group}`)}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ command, keys }) => (
                <div key={command} className="flex min-h-8 items-center justify-between gap-4 border-b border-line text-body">
                  <dt>{t(`editor:command.${command}`)}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {keys.map((key) => (
                      <Kbd key={key} keys={shown(key)} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
