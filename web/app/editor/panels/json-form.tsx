import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../kit/field.js'
import { TextArea } from '../../kit/text-input.js'
import { same } from '../../canvas/doc/diff.js'
import type { TileFormProps } from '../tile-form.js'

const written = (config: Record<string, unknown>): string => JSON.stringify(config, null, 2)

/** Reads a config; a text that is none says why. */
function read(text: string): { config: Record<string, unknown> } | { wrong: string } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { config: value as Record<string, unknown> }
      : { wrong: '{ … }' }
  } catch (error) {
    return { wrong: (error as Error).message }
  }
}

/** A config as JSON, for those who write it. What cannot be read stays in the field and changes nothing. */
export function JsonForm({ tile, onChange, readOnly }: Pick<TileFormProps, 'tile' | 'onChange' | 'readOnly'>) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => written(tile.config))
  const mine = useRef(tile.config)
  useEffect(() => {
    // Changed elsewhere: by undo, or by the form.
    if (same(mine.current, tile.config)) return
    mine.current = tile.config
    setText(written(tile.config))
  }, [tile.config])
  const now = read(text)
  const change = (next: string): void => {
    setText(next)
    const parsed = read(next)
    if (!('config' in parsed)) return
    mine.current = parsed.config
    onChange(parsed.config)
  }
  return (
    <Field label={t('editor:panel.json')} error={'wrong' in now ? t('editor:panel.noJson', { why: now.wrong }) : undefined}>
      <TextArea
        mono
        rows={Math.min(24, text.split('\n').length + 1)}
        value={text}
        onChange={change}
        readOnly={readOnly}
        spellCheck={false}
      />
    </Field>
  )
}
