import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangeDetails, useTags, type JourneyListed } from '../../api/journeys.js'
import { Button } from '../../kit/button.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { Tag } from '../../kit/pill.js'
import { TextArea, TextInput } from '../../kit/text-input.js'

/** Name, description and tags of an orchestration, in any state. */
export function DetailsDialog({
  journey,
  onClose,
}: {
  journey: Pick<JourneyListed, 'id' | 'name' | 'description' | 'tags'>
  onClose(): void
}) {
  const { t } = useTranslation()
  const change = useChangeDetails()
  const [name, setName] = useState(journey.name)
  const [description, setDescription] = useState(journey.description)
  const [tags, setTags] = useState<readonly string[]>(journey.tags)
  return (
    <FormDialog
      width="m"
      onClose={onClose}
      title={t('journeys:details.title')}
      onSubmit={() => change.mutate({ id: journey.id, name, description, tags: [...tags] }, { onSuccess: onClose })}
      action={t('journeys:details.action')}
      change={change}
    >
      <Field label={t('journeys:create.name')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} />
      </Field>
      <Field label={t('journeys:details.description')} optional path="/description">
        <TextArea value={description} onChange={setDescription} maxLength={2000} rows={3} />
      </Field>
      <TagsField tags={tags} onChange={setTags} />
    </FormDialog>
  )
}

function TagsField({ tags, onChange }: { tags: readonly string[]; onChange(tags: readonly string[]): void }) {
  const { t } = useTranslation()
  const known = useTags().data ?? []
  const [typed, setTyped] = useState('')
  const add = (tag: string): void => {
    const word = tag.trim()
    if (word !== '' && !tags.includes(word)) onChange([...tags, word])
    setTyped('')
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ',') return
    if (typed.trim() === '') return
    event.preventDefault()
    add(typed)
  }
  const others = known.filter(({ tag }) => !tags.includes(tag)).slice(0, 8)
  return (
    <div className="flex flex-col gap-2">
      <Field label={t('journeys:details.tags')} optional hint={t('journeys:details.tagsHint')}>
        <TextInput value={typed} onChange={setTyped} onKeyDown={press} onBlur={() => add(typed)} maxLength={40} />
      </Field>
      {tags.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <Tag
              key={tag}
              onRemove={() => onChange(tags.filter((each) => each !== tag))}
              removeLabel={t('journeys:details.removeTag', { tag })}
            >
              {tag}
            </Tag>
          ))}
        </div>
      )}
      {others.length > 0 && (
        <div className="flex flex-wrap items-center gap-1.5 text-label text-muted">
          {t('journeys:details.inUse')}
          {others.map(({ tag }) => (
            <Button key={tag} size="s" variant="quiet" onClick={() => add(tag)}>
              + {tag}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}
