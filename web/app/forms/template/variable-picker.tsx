import { IconBraces } from '@tabler/icons-react'
import { Command } from 'cmdk'
import { Popover as Radix } from 'radix-ui'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../kit/button.js'
import { useHint } from './use-variables.js'
import { GROUPS, isFound, type Variable } from './variables.js'

export interface VariablePickerProps {
  variables: readonly Variable[]
  onOpen(): void
  /** Has the focus to itself afterwards. */
  onPick(path: string): void
}

/** What a template can read, found by typing: by group, each with its type and a value. */
export function VariablePicker({ variables, onOpen, onPick }: VariablePickerProps) {
  const { t } = useTranslation()
  const hintOf = useHint()
  const [open, setOpen] = useState(false)
  const picked = useRef<string>(undefined)
  const change = (next: boolean): void => {
    if (next) onOpen()
    setOpen(next)
  }
  return (
    <Radix.Root open={open} onOpenChange={change}>
      <Radix.Trigger asChild>
        <IconButton label={t('inputs:variable.insert')} icon={IconBraces} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t('inputs:variable.insert')}
          className="move-pop z-50 w-90 max-w-[calc(100vw-16px)] overflow-hidden rounded-card border border-line bg-raised shadow-float"
          onCloseAutoFocus={(event) => {
            if (picked.current === undefined) return
            // The person goes on writing behind what was put in.
            event.preventDefault()
            onPick(picked.current)
            picked.current = undefined
          }}
        >
          <Command loop filter={(path, search, of = []) => Number(isFound([path, ...of], search))} label={t('inputs:variable.insert')}>
            <Command.Input
              placeholder={t('inputs:variable.search')}
              className="h-9 w-full border-b border-line bg-transparent px-3 text-body outline-none"
            />
            <Command.List className="max-h-80 overflow-y-auto p-1">
              <Command.Empty className="px-2 py-1.5 text-table text-muted">{t('kit:nothing')}</Command.Empty>
              {GROUPS.map((group) => {
                const own = variables.filter((each) => each.group === group)
                if (own.length === 0) return null
                return (
                  <Command.Group
                    key={group}
                    heading={t(`inputs:variable.${group}`)}
                    className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted"
                  >
                    {own.map((variable) => (
                      <Command.Item
                        key={variable.path}
                        value={variable.path}
                        {...(variable.of !== undefined && { keywords: [variable.of] })}
                        onSelect={() => {
                          picked.current = variable.path
                          setOpen(false)
                        }}
                        className="cursor-pointer rounded-input px-2 py-1 data-[selected=true]:bg-hover"
                      >
                        <span className="block font-mono text-table break-words">{variable.path}</span>
                        <span className="block truncate text-label text-muted empty:hidden">{hintOf(variable)}</span>
                      </Command.Item>
                    ))}
                  </Command.Group>
                )
              })}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
