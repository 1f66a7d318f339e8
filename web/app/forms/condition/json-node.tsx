import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../kit/field.js'
import { TextArea } from '../../kit/text-input.js'
import { same } from '../../canvas/doc/diff.js'

export interface JsonNodeProps {
  value: unknown
  onChange(value: unknown): void
}

/** What the schema says of a text: the value when a draft can hold it, and what is to be mended. */
async function judge(text: string): Promise<{ value?: unknown; wrong: string[] }> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { wrong: [(error as Error).message] }
  }
  const [{ read }, { conditionSchema }] = await Promise.all([
    import('../../../../tiles/issues.js'),
    import('../../../../model/condition.js'),
  ])
  const answer = read(conditionSchema, value)
  if ('data' in answer) return { value, wrong: [] }
  const wrong = answer.issues.map(({ message }) => message)
  return answer.issues.some(({ malformed }) => malformed) ? { wrong } : { value, wrong }
}

/** A condition as JSON, with the messages of its schema. What a draft cannot hold stays in the field. */
export function JsonNode({ value, onChange }: JsonNodeProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => JSON.stringify(value ?? {}, null, 2))
  const [wrong, setWrong] = useState<string[]>([])
  const change = (next: string): void => {
    setText(next)
    void judge(next).then((answer) => {
      setWrong(answer.wrong)
      if ('value' in answer && !same(answer.value, value)) onChange(answer.value)
    })
  }
  return (
    <Field label={t('condition:json.label')} error={wrong.length > 0 ? wrong.join(' ') : undefined}>
      <TextArea mono rows={Math.min(16, text.split('\n').length + 1)} value={text} onChange={change} spellCheck={false} />
    </Field>
  )
}
