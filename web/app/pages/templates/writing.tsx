import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { localeOf } from '../../../../model/templates.js'
import type { TemplateContent, TemplateKind } from '../../api/templates.js'
import { Form, type FieldProblem } from '../../forms/inputs/form.js'
import { TemplateField } from '../../forms/template/template-field.js'
import type { Variable } from '../../forms/template/variables.js'
import { Button } from '../../kit/button.js'
import { Card } from '../../kit/card.js'
import { Field } from '../../kit/field.js'
import { Popover } from '../../kit/popover.js'
import { Tabs } from '../../kit/tabs.js'
import { TextInput } from '../../kit/text-input.js'
import { bodiesOf, partsIn, placeOf, withLocale, withoutLocale, withPart, type Part } from './content.js'
import { languageName } from './preview-pane.js'

interface WritingProps {
  kind: TemplateKind
  channel: string | null
  content: TemplateContent
  onChange(content: TemplateContent): void
  /** Of the API, by their pointers into `content`. */
  problems: readonly FieldProblem[]
  variables: readonly Variable[]
  readOnly: boolean
  /** The language that is written in; undefined: the template's own. */
  tag: string | undefined
  onTag(tag: string | undefined): void
}

/** The texts of a template, language by language. */
export function Writing(props: WritingProps) {
  const { content, onChange, problems, readOnly, tag, onTag } = props
  const { t } = useTranslation()
  const others = Object.keys(content.locales ?? {})
  const add = (next: string): void => {
    onChange(withLocale(content, next))
    onTag(next)
  }
  const remove = (): void => {
    onChange(withoutLocale(content, tag!))
    onTag(undefined)
  }
  return (
    <Card>
      <Form problems={problems} base="/content" readOnly={readOnly}>
        <div className="flex flex-wrap items-center gap-2">
          <div role="group" aria-label={t('content:languages')} className="flex flex-wrap gap-1">
            {[undefined, ...others].map((each) => (
              <Button key={each ?? ''} size="s" variant={each === tag ? 'secondary' : 'quiet'} aria-pressed={each === tag} onClick={() => onTag(each)}>
                {languageName(each ?? content.locale)}
              </Button>
            ))}
          </div>
          {!readOnly && <AddLanguage taken={[content.locale, ...others]} onAdd={add} />}
          {!readOnly && tag !== undefined && (
            <Button size="s" variant="quiet" icon={IconTrash} onClick={remove}>
              {t('content:removeLanguage', { language: languageName(tag) })}
            </Button>
          )}
        </div>
        {tag !== undefined && <p className="text-label text-muted">{t('content:fallsBack')}</p>}
        <Texts key={tag ?? ''} {...props} />
      </Form>
    </Card>
  )
} // prettier-ignore

function Texts({ kind, channel, content, onChange, variables, tag }: WritingProps) {
  const { t } = useTranslation()
  const parts = partsIn(content, tag)
  const bodies = bodiesOf(kind)
  const [body, setBody] = useState(() => bodies.find((part) => parts[part]) ?? bodies.find((part) => content[part]) ?? bodies[0]!)
  const field = (part: Part, long: boolean): React.ReactNode => (
    <TemplateField
      path={placeOf(tag, part)}
      label={t(`content:part.${part}`)}
      hint={part === 'text' && kind === 'email' ? t('content:textHint') : undefined}
      long={long}
      variables={variables}
      value={parts[part] ?? ''}
      onChange={(text) => onChange(withPart(content, tag, part, text))}
    />
  )
  const titled = kind === 'email' || (kind === 'text' && channel !== 'sms')
  return (
    <>
      {titled && field('subject', false)}
      {bodies.length === 1 ? (
        field('text', true)
      ) : (
        <Tabs
          label={t('content:bodies')}
          value={body}
          onChange={setBody}
          className="[&_.cm-content]:min-h-[420px]! [&_.cm-scroller]:max-h-[70vh]!"
          tabs={bodies.map((part) => ({ value: part, label: t(`content:part.${part}`), content: field(part, true) }))}
        />
      )}
    </>
  )
}

/** Languages by their tags. */
function AddLanguage({ taken, onAdd }: { taken: readonly string[]; onAdd(tag: string): void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const tag = localeOf(typed)
  const problem =
    typed === '' ? undefined : tag === undefined ? t('content:noLanguage') : taken.includes(tag) ? t('content:languageTaken') : undefined
  const add = (): void => {
    if (tag === undefined || problem !== undefined) return
    onAdd(tag)
    setOpen(false)
    setTyped('')
  }
  return (
    <Popover
      label={t('content:addLanguage')}
      align="start"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="s" variant="quiet" icon={IconPlus}>
          {t('content:addLanguage')}
        </Button>
      }
    >
      <form
        className="flex w-64 flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          event.stopPropagation()
          add()
        }}
      >
        <Field label={t('content:languageTag')} hint={tag !== undefined ? languageName(tag) : t('content:languageHint')} error={problem}>
          <TextInput value={typed} onChange={setTyped} autoComplete="off" />
        </Field>
        <Button type="submit" size="s" className="self-start">
          {t('content:add')}
        </Button>
      </form>
    </Popover>
  )
}
