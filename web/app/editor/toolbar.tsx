import { IconLayoutDistributeVertical, IconFocusCentered, IconKeyboard, IconMinus, IconPlus, IconSearch } from '@tabler/icons-react'
import { Panel, useReactFlow, useStore } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../kit/button.js'
import { quick } from './commands.js'
import type { Command } from './shortcuts.js'

/** Buttons below the canvas: how near it is looked at, lay out, find, all keys. */
export function Toolbar({ onCommand, readOnly }: { onCommand(command: Command): void; readOnly: boolean }) {
  const { t } = useTranslation()
  const flow = useReactFlow()
  return (
    <Panel position="bottom-left" className="flex items-center rounded-card border border-line bg-surface p-0.5 shadow-card">
      <IconButton
        label={t('editor:command.zoomOut')}
        shortcut="-"
        side="top"
        icon={IconMinus}
        onClick={() => void flow.zoomOut({ duration: quick() })}
      />
      <Zoom />
      <IconButton
        label={t('editor:command.zoomIn')}
        shortcut="="
        side="top"
        icon={IconPlus}
        onClick={() => void flow.zoomIn({ duration: quick() })}
      />
      <IconButton label={t('editor:command.fit')} shortcut="1" side="top" icon={IconFocusCentered} onClick={() => onCommand('fit')} />
      {!readOnly && (
        <IconButton
          label={t('editor:command.layOut')}
          shortcut="L"
          side="top"
          icon={IconLayoutDistributeVertical}
          onClick={() => onCommand('layOut')}
        />
      )}
      <IconButton label={t('editor:command.find')} shortcut="F" side="top" icon={IconSearch} onClick={() => onCommand('find')} />
      <IconButton
        label={t('editor:command.keys')}
        shortcut="?"
        side="top"
        icon={IconKeyboard}
        onClick={() => onCommand('keys')}
        className="max-sm:hidden"
      />
    </Panel>
  )
}

function Zoom() {
  const zoom = useStore(({ transform }) => Math.round(transform[2] * 100))
  return <span className="w-12 text-center text-label text-muted">{zoom} %</span>
}
