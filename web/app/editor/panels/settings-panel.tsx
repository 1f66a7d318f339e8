import { IconX } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../tiles/problems.js'
import { describe, setSettings } from '../../canvas/doc/change.js'
import type { Doc, Settings } from '../../canvas/doc/types.js'
import { Button, IconButton } from '../../kit/button.js'
import { Field } from '../../kit/field.js'
import { Skeleton } from '../../kit/skeleton.js'
import { TextArea } from '../../kit/text-input.js'
import { useEditorStore } from '../store.js'
import { FormMissing } from '../form-missing.js'
import { JsonForm } from './json-form.js'

const SettingsForm = lazy(() =>
  import('../../forms/settings-form.js').then(
    ({ SettingsForm }) => ({ default: SettingsForm }),
    () => ({ default: FormMissing }),
  ),
)

export interface SettingsPanelProps {
  doc: Doc
  /** All of the canvas; those of the settings are shown. */
  problems: readonly Problem[]
  focus: { path: string } | undefined
  readOnly: boolean
  onClose(): void
}

/** What holds for the whole orchestration. */
export function SettingsPanel({ doc, problems, focus, readOnly, onClose }: SettingsPanelProps) {
  const { t } = useTranslation()
  const store = useEditorStore()
  const [json, setJson] = useState(false)
  const change = (value: Settings) => store.getState().run((now) => setSettings(now, value), 'settings')
  const settings = { id: 'settings', type: 'exit' as const, position: { x: 0, y: 0 }, config: doc.settings as Record<string, unknown> }
  return (
    <>
      <header className="flex items-center gap-2 border-b border-line px-4 py-2.5">
        <h2 className="min-w-0 flex-1 truncate text-body font-semibold">{t('editor:settings.title')}</h2>
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4" onBlur={() => store.getState().seal()}>
        <Field label={t('editor:settings.description')} optional>
          <TextArea
            rows={3}
            maxLength={2000}
            value={doc.description}
            readOnly={readOnly}
            onChange={(description) => store.getState().run((now) => describe(now, { description }), 'description')}
          />
        </Field>
        {json ? (
          <JsonForm tile={settings} readOnly={readOnly} onChange={(value) => change(value as Settings)} />
        ) : (
          <Suspense fallback={<Skeleton className="h-40" />}>
            <SettingsForm
              doc={doc}
              problems={problems.filter(({ tileId, path }) => tileId === undefined && path?.startsWith('/settings'))}
              onChange={change}
              focus={focus}
              readOnly={readOnly}
            />
          </Suspense>
        )}
        <Button size="s" variant="quiet" className="mt-auto self-end text-label" onClick={() => setJson(!json)}>
          {t(json ? 'editor:panel.form' : 'editor:panel.asJson')}
        </Button>
      </div>
    </>
  )
}
