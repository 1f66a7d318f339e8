import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describe } from '../canvas/doc/change.js'
import { useEditorStore } from './store.js'

/** The orchestration's name, to be changed where it stands. An empty one is not taken. */
export function NameField({ name, readOnly }: { name: string; readOnly: boolean }) {
  const { t } = useTranslation()
  const store = useEditorStore()
  const [typed, setTyped] = useState<string>()
  if (readOnly) return <>{name}</>
  const done = (): void => {
    const next = typed?.trim()
    if (next) store.getState().run((doc) => describe(doc, { name: next }))
    setTyped(undefined)
  }
  return (
    <input
      aria-label={t('editor:name')}
      value={typed ?? name}
      maxLength={200}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setTyped(undefined)
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
      className="field-sizing-content h-7 max-w-96 min-w-24 truncate rounded-[4px] bg-transparent px-1 font-semibold hover:bg-hover focus:bg-surface"
    />
  )
}
