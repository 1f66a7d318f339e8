import { IconFileImport } from '@tabler/icons-react'
import { RadioGroup } from 'radix-ui'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCreateJourney, type JourneyInput } from '../../api/journeys.js'
import { ApiProblem } from '../../api/problem.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import { inputOf, TEMPLATES, type Template } from '../../templates/index.js'
import { readFile, type Read } from './json-file.js'
import { Picture } from './picture.js'

/** The smallest canvas that is worth looking at: a way in and a way out. */
const BLANK: Template = {
  id: 'blank',
  tiles: [
    { id: 'entry', type: 'entry', name: 'Entry', position: { x: 0, y: 0 }, config: { triggers: [{ type: 'manual' }] } },
    { id: 'exit', type: 'exit', name: 'Exit', position: { x: 0, y: 160 }, config: { reason: 'completed' } },
  ],
  edges: [{ from: 'entry', to: 'exit' }],
  settings: {},
}

const CHOICES: readonly Template[] = [BLANK, ...TEMPLATES]

/** Makes a draft: blank, from a template, or from a file of JSON; then goes to draw it. */
export function NewDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateJourney()
  const [template, setTemplate] = useState(BLANK)
  const [file, setFile] = useState<Read>()
  const [name, setName] = useState<string>()
  const suggested = file?.input?.name ?? (template === BLANK ? '' : t(`templates:${template.id}.name`))
  const shown = name ?? suggested
  const submit = (): void => {
    const description = template === BLANK ? '' : t(`templates:${template.id}.about`)
    const input: JourneyInput = file?.input ? { ...file.input, name: shown } : inputOf(template, shown, description)
    create.mutate(input, { onSuccess: ({ id }) => void navigate(`/journeys/${id}/edit`) })
  }
  const about = create.error instanceof ApiProblem ? create.error.about('/name') : undefined
  const choose = (next: Template): void => {
    setTemplate(next)
    setFile(undefined)
  }
  return (
    <FormDialog
      width="l"
      onClose={onClose}
      title={t('journeys:create.title')}
      description={t('journeys:create.text')}
      onSubmit={submit}
      action={t('journeys:create.action')}
      change={{ isPending: create.isPending, error: null }}
      aside={<FileButton onRead={setFile} />}
    >
      <Field label={t('journeys:create.name')} error={about}>
        <TextInput value={shown} onChange={setName} maxLength={200} placeholder={t('journeys:create.example')} autoComplete="off" />
      </Field>
      {file?.input && <Banner>{t('journeys:import.read', { file: file.file, count: file.tiles })}</Banner>}
      {file?.problem !== undefined && <Banner tone="red">{t(`journeys:import.${file.problem}`, { file: file.file })}</Banner>}
      {create.error && about === undefined && <Problems error={create.error} />}
      {!file?.input && <Choices chosen={template} onChoose={choose} />}
    </FormDialog>
  )
}

function Choices({ chosen, onChoose }: { chosen: Template; onChoose(template: Template): void }) {
  const { t } = useTranslation()
  return (
    <RadioGroup.Root
      aria-label={t('journeys:create.begin')}
      value={chosen.id}
      onValueChange={(id) => onChoose(CHOICES.find((template) => template.id === id) ?? BLANK)}
      className="grid grid-cols-3 gap-3 max-sm:grid-cols-1"
    >
      {CHOICES.map((template) => (
        <RadioGroup.Item
          key={template.id}
          value={template.id}
          className="flex min-w-0 items-start gap-3 rounded-card border border-line p-3 text-left transition-colors hover:border-edge hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <Picture {...template} className="h-28 w-20 shrink-0" />
          <span className="min-w-0">
            <span className="block font-medium">
              {template === BLANK ? t('journeys:create.blank') : t(`templates:${template.id}.name`)}
            </span>
            <span className="block text-label text-muted">
              {template === BLANK ? t('journeys:create.blankAbout') : t(`templates:${template.id}.about`)}
            </span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}

function FileButton({ onRead }: { onRead(read: Read): void }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button icon={IconFileImport} variant="quiet" onClick={() => input.current?.click()}>
        {t('journeys:import.action')}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label={t('journeys:import.file')}
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => {
          const file = target.files?.[0]
          if (file) void file.text().then((text) => onRead(readFile(file.name, text)))
          target.value = ''
        }}
      />
    </>
  )
}

/** What the API says about the file: each place with its sentence, the first ten. */
function Problems({ error }: { error: Error }) {
  const errors = error instanceof ApiProblem ? error.errors.slice(0, 10) : []
  return (
    <Banner tone="red">
      {error.message}
      {errors.length > 1 && (
        <ul className="mt-1 list-disc pl-5 text-table">
          {errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path} {message}
            </li>
          ))}
        </ul>
      )}
    </Banner>
  )
}
