import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCreateJourney, type JourneyInput } from '../../api/journeys.js'
import { ApiProblem } from '../../api/problem.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Dialog } from '../../kit/dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'

/** The smallest canvas that is worth looking at: a way in and a way out. */
const START: Pick<JourneyInput, 'tiles' | 'edges'> = {
  tiles: [
    { id: 'entry', type: 'entry', position: { x: 0, y: 0 }, config: { triggers: [{ type: 'manual' }] } },
    { id: 'exit', type: 'exit', position: { x: 0, y: 160 }, config: { reason: 'completed' } },
  ],
  edges: [{ from: 'entry', to: 'exit' }],
}

/** Asks for a name, makes a draft with entry and exit, and goes to draw it. */
export function NewDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateJourney()
  const [name, setName] = useState('')
  const submit = (): void => create.mutate({ name, ...START }, { onSuccess: ({ id }) => void navigate(`/journeys/${id}/edit`) })
  const about = create.error instanceof ApiProblem ? create.error.about('/name') : undefined
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('journeys:create.title')}
      description={t('journeys:create.text')}
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            {t('journeys:create.action')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('journeys:create.name')} error={about}>
          <TextInput value={name} onChange={setName} maxLength={200} placeholder={t('journeys:create.example')} autoComplete="off" />
        </Field>
        {create.error && about === undefined && <Banner tone="red">{create.error.message}</Banner>}
      </div>
    </Dialog>
  )
}
