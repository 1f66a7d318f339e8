import { IconPlus, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { get } from '../api/client.js'
import type { CustomerSummary } from '../api/customers.js'
import type { JourneyListed } from '../api/journeys.js'
import type { Page } from '../api/query.js'
import { AREAS } from './areas.js'
import { usePalette, type PaletteItem } from './palette-store.js'

/** What can be opened; of an orchestration with its state. */
export type Found = PaletteItem & { status?: JourneyListed['status'] }

/** How many of each kind are shown. */
const MOST = 8

const fits = ({ label, keywords = [] }: PaletteItem, search: string): boolean =>
  [label, ...keywords].some((word) => word.toLowerCase().includes(search.toLowerCase()))

/** What fits to a text, by heading: what the page offers, orchestrations, pages and actions, customers. */
export function useFound(search: string): [string, Found[]][] {
  const offered = usePalette((state) => state.items)
  const journeys = useJourneysFound(search)
  const customers = useCustomersFound(search)
  const places = usePlaces()
  return useMemo(() => {
    const here = Object.values(offered).flat()
    const all = [...here.filter((item) => fits(item, search)), ...journeys, ...places.filter((item) => fits(item, search)), ...customers]
    return [...Map.groupBy(all, ({ group }) => group)]
  }, [customers, journeys, offered, places, search])
}

/** Of a list of the server by a text. What answers an earlier text is kept where it fits: Enter must not open something else. */
function useSearch<T>(path: string, search: string, itemOf: (each: T) => Found, enabled = true): Found[] {
  const { data, isPlaceholderData } = useQuery({
    queryKey: [path.slice(1), 'palette', search],
    queryFn: ({ signal }) => get<Page<T>>(path, { query: { q: search, limit: MOST }, signal }),
    placeholderData: (previous) => previous,
    enabled,
  })
  const found = enabled ? (data?.data ?? []).map(itemOf) : []
  return isPlaceholderData ? found.filter((item) => fits(item, search)) : found
}

function useJourneysFound(search: string): Found[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return useSearch<JourneyListed>('/journeys', search, ({ id, name, status }) => ({
    id,
    label: name,
    status,
    group: t('frame:palette.journeys'),
    icon: AREAS[0]!.icon,
    run: () => void navigate(`/journeys/${id}/${status === 'draft' ? 'edit' : 'monitor'}`),
  }))
}

function useCustomersFound(search: string): Found[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const itemOf = ({ id, name, email }: CustomerSummary): Found => ({
    id: `customer:${id}`,
    label: [name ?? email, id].filter((each) => each !== null).join(' · '),
    keywords: email === null ? [] : [email],
    group: t('frame:palette.customers'),
    icon: IconUser,
    run: () => void navigate(`/customers/${encodeURIComponent(id)}`),
  })
  return useSearch('/customers', search, itemOf, search !== '')
}

/** Pages, and what can be done anywhere. */
function usePlaces(): Found[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return useMemo(() => {
    const go = (to: string) => () => void navigate(to)
    const pages = AREAS.map(({ name, icon }) => ({
      id: `page:${name}`,
      group: t('frame:palette.pages'),
      label: t(`frame:${name}`),
      icon,
      run: go(`/${name}`),
    }))
    const make = {
      id: 'new',
      group: t('frame:palette.actions'),
      label: t('frame:palette.new'),
      icon: IconPlus,
      run: go('/journeys?new=yes'),
    }
    return [...pages, make]
  }, [navigate, t])
}
