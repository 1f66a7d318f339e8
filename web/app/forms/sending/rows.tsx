import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { Button, IconButton } from '../../kit/button.js'
import { TextInput } from '../../kit/text-input.js'

export interface RowsProps {
  /** Name to text, in order. */
  value: Record<string, unknown>
  onChange(value: Record<string, unknown>): void
  nameLabel: string
  addLabel: string
  removeLabel(name: string): string
  /** The input of a row's text. */
  children(name: string, text: string, set: (text: string) => void): ReactNode
}

/** Names with a text each: headers, what is saved. A name that is there twice, or empty, is kept in its row until it is told apart. */
export function Rows({ value, onChange, nameLabel, addLabel, removeLabel, children }: RowsProps) {
  const [rows, setRows] = useState(() => Object.entries(value).map(([name, text]) => ({ name, text: String(text) })))
  const set = (next: typeof rows): void => {
    setRows(next)
    onChange(Object.fromEntries(next.filter(({ name }) => name !== '').map(({ name, text }) => [name, text])))
  }
  return (
    <>
      {rows.map(({ name, text }, index) => {
        const change = (part: Partial<(typeof rows)[number]>): void =>
          set(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
        return (
          <div key={index} className="flex min-w-0 items-start gap-1">
            <TextInput
              mono
              aria-label={nameLabel}
              placeholder={nameLabel}
              value={name}
              onChange={(next) => change({ name: next })}
              className="w-28 shrink-0"
            />
            <div className="min-w-0 flex-1">{children(name, text, (next) => change({ text: next }))}</div>
            <IconButton label={removeLabel(name)} icon={IconTrash} onClick={() => set(rows.filter((_, at) => at !== index))} />
          </div>
        )
      })}
      <Button size="s" icon={IconPlus} className="self-start" onClick={() => setRows([...rows, { name: '', text: '' }])}>
        {addLabel}
      </Button>
    </>
  )
}
