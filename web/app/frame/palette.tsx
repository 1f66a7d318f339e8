import { IconSearch } from '@tabler/icons-react'
import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Kbd } from '../kit/kbd.js'
import { StatePill } from '../kit/pill.js'
import { useFound, type Found } from './palette-found.js'
import { openPalette } from './palette-store.js'

/** ⌘K: opens any orchestration, customer, page, tile or action by typing. */
export default function Palette() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [picked, setPicked] = useState('')
  const groups = useFound(typed.trim())
  // What was found changes while one types: the first is picked unless the one that was is still there.
  const ids = groups.flatMap(([, items]) => items.map(({ id }) => id))
  const value = ids.includes(picked) ? picked : (ids[0] ?? '')
  const run = (action: () => void): void => {
    openPalette(false)
    action()
  }
  return (
    <Dialog.Root open onOpenChange={openPalette}>
      <Dialog.Portal>
        <Dialog.Overlay className="move-fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="move-pop fixed inset-x-3 top-[min(12vh,96px)] z-40 mx-auto max-w-xl overflow-hidden rounded-card border border-line bg-raised shadow-dialog outline-none"
        >
          <Dialog.Title className="sr-only">{t('frame:palette.label')}</Dialog.Title>
          <Command shouldFilter={false} loop value={value} onValueChange={setPicked} label={t('frame:palette.label')}>
            <div className="flex items-center gap-2 border-b border-line px-3.5">
              <IconSearch size={18} className="shrink-0 text-muted" aria-hidden />
              <Command.Input
                value={typed}
                onValueChange={(text) => (setTyped(text), setPicked(''))}
                placeholder={t('frame:palette.placeholder')}
                className="h-12 w-full bg-transparent text-body outline-none"
              />
              <Kbd keys="Esc" />
            </div>
            <Command.List className="max-h-[min(60vh,420px)] overflow-y-auto p-1.5">
              <Command.Empty className="px-2.5 py-6 text-center text-table text-muted">{t('frame:palette.empty')}</Command.Empty>
              {groups.map(([heading, items]) => (
                <Command.Group
                  key={heading}
                  heading={heading}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:text-muted"
                >
                  {items.map((item) => (
                    <Item key={item.id} item={item} onSelect={() => run(item.run)} />
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Item({ item: { id, label, icon: Glyph, shortcut, status }, onSelect }: { item: Found; onSelect(): void }) {
  return (
    <Command.Item
      value={id}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-input px-2.5 text-body data-[selected=true]:bg-hover"
    >
      {Glyph && <Glyph size={18} stroke={1.75} className="shrink-0 text-muted" aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {status && <StatePill state={status} />}
      {shortcut !== undefined && <Kbd keys={shortcut} />}
    </Command.Item>
  )
}
