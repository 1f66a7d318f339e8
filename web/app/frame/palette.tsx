import { IconPlus, IconSearch, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { get } from '../api/client.js'
import type { JourneyListed } from '../api/journeys.js'
import type { Page } from '../api/query.js'
import { Kbd } from '../kit/kbd.js'
import { StatePill } from '../kit/pill.js'
import { AREAS } from './areas.js'
import { openPalette, usePalette, type PaletteItem } from './palette-store.js'

/** ⌘K: opens any orchestration, customer, page, tile or action by typing. */
export default function Palette() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [picked, setPicked] = useState('')
  const groups = useGroups(typed)
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

type Found = PaletteItem & { status?: JourneyListed['status'] }

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

/** What fits to what is typed, by heading. Orchestrations come from the server. */
function useGroups(typed: string): [string, Found[]][] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search = typed.trim()
  const offered = usePalette((state) => state.items)
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['journeys', 'palette', search],
    queryFn: ({ signal }) => get<Page<JourneyListed>>('/journeys', { query: { q: search, limit: 8 }, signal }),
    placeholderData: (previous) => previous,
  })
  return useMemo(() => {
    const go = (to: string) => () => void navigate(to)
    const fits = ({ label, keywords = [] }: PaletteItem): boolean =>
      [label, ...keywords].some((word) => word.toLowerCase().includes(search.toLowerCase()))
    const pages = AREAS.map(({ name, icon }) => ({
      id: `page:${name}`,
      group: t('frame:palette.pages'),
      label: t(`frame:${name}`),
      icon,
      run: go(`/${name}`),
    }))
    const actions = [
      { id: 'new', group: t('frame:palette.actions'), label: t('frame:palette.new'), icon: IconPlus, run: go('/journeys?new') },
    ]
    const found: Found[] = (data?.data ?? []).map(({ id, name, status }) => ({
      id,
      label: name,
      status,
      group: t('frame:palette.journeys'),
      icon: AREAS[0]!.icon,
      run: go(status === 'draft' ? `/journeys/${id}/edit` : `/journeys/${id}/monitor`),
    }))
    // What answers an earlier question is shown only where it fits: Enter must not open something else.
    const journeys = isPlaceholderData ? found.filter(fits) : found
    const customer: Found[] =
      search === ''
        ? []
        : [
            {
              id: 'customer',
              label: t('frame:palette.customer', { id: search }),
              group: t('frame:palette.customers'),
              icon: IconUser,
              run: go(`/customers/${encodeURIComponent(search)}`),
            },
          ]
    const all: Found[] = [...Object.values(offered).flat().filter(fits), ...journeys, ...[...pages, ...actions].filter(fits), ...customer]
    return [...Map.groupBy(all, ({ group }) => group)]
  }, [data, isPlaceholderData, navigate, offered, search, t])
}
