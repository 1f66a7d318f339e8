import { useTranslation } from 'react-i18next'
import type { StoreApi } from 'zustand'
import type { Selection } from '../../canvas/doc/history.js'
import type { Doc, PortRef } from '../../canvas/doc/types.js'
import type { CanvasUi } from '../../canvas/view/context.js'
import type { Say } from '../../canvas/words/say.js'
import { cx } from '../../kit/cx.js'
import type { Commands } from '../commands.js'
import { Palette } from '../palette.js'
import { OutlinePanel } from './outline-panel.js'

export interface LeftPanelProps {
  commands: Commands
  ui: StoreApi<CanvasUi>
  doc: Doc
  say: Say
  selection: Selection
  readOnly: boolean
  tab: 'add' | 'outline'
  onTab(tab: 'add' | 'outline'): void
  onAdd?: ((from: PortRef, anchor: DOMRect) => void) | undefined
}

/** What can be added, or the outline. On a phone the outline alone, where it is asked for. */
export function LeftPanel({ commands, ui, doc, say, selection, readOnly, tab, onTab, onAdd }: LeftPanelProps) {
  const { t } = useTranslation()
  const shows = readOnly ? 'outline' : tab
  return (
    <aside
      aria-label={t('editor:left')}
      className={cx(
        'flex w-56 shrink-0 flex-col border-r border-line bg-surface max-sm:absolute max-sm:inset-0 max-sm:z-10 max-sm:w-full',
        tab !== 'outline' && 'max-sm:hidden',
      )}
    >
      {!readOnly && (
        <div role="group" aria-label={t('editor:left')} className="mx-3 mt-3 flex rounded-input bg-sunken p-0.5">
          {(['add', 'outline'] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={shows === each}
              onClick={() => onTab(each)}
              className={cx(
                'h-7 flex-1 rounded-[4px] text-table text-muted',
                shows === each && 'bg-surface font-medium text-text shadow-card',
              )}
            >
              {t(`editor:left_tabs.${each}`)}
            </button>
          ))}
        </div>
      )}
      {shows === 'add' ? (
        <Palette commands={commands} ui={ui} />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto py-2">
          <OutlinePanel {...{ doc, say, selection, onAdd }} onGo={(id) => commands.go(id, false)} />
        </div>
      )}
    </aside>
  )
}
