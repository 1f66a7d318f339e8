import { useTranslation } from 'react-i18next'
import { useSeenEvents, useSeenProperties, useSeenTraits } from '../../api/schema.js'
import { useAll } from '../../api/query.js'
import { Combobox } from '../../kit/combobox.js'
import type { Option } from '../../kit/select.js'

export interface NameProps {
  value: string | undefined
  onChange(value: string): void
  /** Its name where no field stands around it. */
  label?: string
}

type Seen = { name: string; types: readonly string[]; samples: readonly unknown[] }

/** Names that came in, each with its type and an example. */
function useNameOptions(names: readonly Seen[] = []): Option[] {
  const { t } = useTranslation()
  return names.map(({ name, types: [type], samples: [sample] }) => {
    const kind = type === undefined ? '' : t(`inputs:type.${type}`)
    return { value: name, label: name, hint: sample === undefined ? kind : t('inputs:sample', { kind, sample: String(sample) }) }
  })
}

/** The name of a trait: one that came in, or any other. */
export function TraitInput(props: NameProps) {
  const { t } = useTranslation()
  return <Combobox {...props} mono free placeholder={t('inputs:trait')} options={useNameOptions(useSeenTraits())} />
}

/** The name of an event: one that came in, or any other. */
export function EventInput(props: NameProps) {
  const { t } = useTranslation()
  const options = (useSeenEvents() ?? []).map(({ event }) => ({ value: event, label: event }))
  return <Combobox {...props} mono free placeholder={t('inputs:event')} options={options} />
}

/** The name of a property: one of the event that came in, or any other. */
export function PropertyInput({ event, ...props }: NameProps & { event: string | undefined }) {
  const { t } = useTranslation()
  return <Combobox {...props} mono free placeholder={t('inputs:property')} options={useNameOptions(useSeenProperties(event))} />
}

interface Named {
  id: string
  name: string
}

function Picker({ list, exclude, ...props }: NameProps & { list: 'audiences' | 'journeys'; exclude?: string }) {
  const { t } = useTranslation()
  const { data = [], isPending } = useAll<Named>(list)
  const options = data.filter(({ id }) => id !== exclude).map(({ id, name }) => ({ value: id, label: name }))
  return <Combobox {...props} loading={isPending} placeholder={t(`inputs:pick.${list}`)} options={options} />
}

/** One of the workspace's audiences. */
export const AudienceInput = (props: NameProps) => <Picker {...props} list="audiences" />
/** One of the workspace's orchestrations but the one that is edited. */
export const OrchestrationInput = ({ selfId, ...props }: NameProps & { selfId: string }) => (
  <Picker {...props} list="journeys" exclude={selfId} />
)
