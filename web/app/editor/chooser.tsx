import type { Icon } from '@tabler/icons-react'
import { Command } from 'cmdk'
import { Popover } from 'radix-ui'
import { useMemo, type CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from '../kit/cx.js'

export interface Choice {
  value: string
  label: string
  /** A second line. */
  hint?: string | undefined
  icon?: Icon
  /** Colour of the icon, CSS. */
  hue?: string
  group?: string
  /** It cannot be chosen; the hint says why. */
  disabled?: boolean
}

export interface ChooserProps {
  /** What is chosen: its name, and the placeholder of the search. */
  label: string
  choices: readonly Choice[]
  onChoose(value: string): void
  onClose(): void
  /** Where it opens: beside this; in the middle of the window unless told. */
  anchor?: DOMRect | undefined
}

/** Finds one of many by typing, at any place of the window. */
export function Chooser({ label, choices, onChoose, onClose, anchor }: ChooserProps) {
  const { t } = useTranslation()
  const place = useMemo(
    () => ({ current: { getBoundingClientRect: () => anchor ?? new DOMRect(innerWidth / 2, innerHeight * 0.15, 0, 0) } }),
    [anchor],
  )
  const groups = [...new Set(choices.map(({ group }) => group ?? ''))]
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Anchor virtualRef={place} />
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          align={anchor ? 'start' : 'center'}
          sideOffset={6}
          collisionPadding={12}
          className="move-pop z-50 w-80 max-w-[calc(100vw-24px)] overflow-hidden rounded-card border border-line bg-raised shadow-float outline-none"
        >
          <Command label={label} loop>
            <Command.Input placeholder={label} className="h-10 w-full border-b border-line bg-transparent px-3 text-body outline-none" />
            <Command.List className="max-h-[min(24rem,var(--radix-popover-content-available-height))] overflow-y-auto p-1" style={LIST}>
              <Command.Empty className="px-2 py-2 text-table text-muted">{t('kit:nothing')}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]:empty]:hidden"
                >
                  {choices
                    .filter((choice) => (choice.group ?? '') === group)
                    .map((choice) => (
                      <Item key={choice.value} choice={choice} onChoose={onChoose} />
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

const LIST: CSSProperties = { scrollPaddingBlock: 8 }

function Item({ choice: { value, label, hint, icon: Glyph, hue, disabled }, onChoose }: { choice: Choice; onChoose(value: string): void }) {
  return (
    <Command.Item
      value={value}
      keywords={[label, hint ?? '']}
      disabled={disabled ?? false}
      onSelect={() => onChoose(value)}
      className={cx(
        'flex min-h-8 cursor-pointer items-start gap-2 rounded-input px-2 py-1.5 data-[selected=true]:bg-hover',
        disabled && 'cursor-not-allowed text-muted',
      )}
    >
      {Glyph && <Glyph size={18} className="mt-px shrink-0" style={{ color: hue }} aria-hidden />}
      <span className="min-w-0 flex-1 text-body break-words">
        {label}
        {hint !== undefined && <span className="block text-label text-muted">{hint}</span>}
      </span>
    </Command.Item>
  )
}
