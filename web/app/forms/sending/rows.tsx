import { IconTrash } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { IconButton } from '../../kit/button.js'
import { TextInput } from '../../kit/text-input.js'
import { AddButton } from '../inputs/add-button.js'
import { useReadOnly } from '../inputs/form.js'

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

interface Row {
  name: string
  text: string
}

const rowsOf = (value: Record<string, unknown>): Row[] => Object.entries(value).map(([name, text]) => ({ name, text: String(text) }))
const valueOf = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(rows.filter(({ name }) => name !== '').map(({ name, text }) => [name, text]))
/** In whatever order. */
const same = (a: Record<string, unknown>, b: Record<string, unknown>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, text]) => b[name] === text)

/** Names with a text each: headers, what is saved. A name that is there twice, or empty, is kept in its row until it is told apart. */
export function Rows({ value, onChange, nameLabel, addLabel, removeLabel, children }: RowsProps) {
  const readOnly = useReadOnly()
  const [typed, setRows] = useState(() => rowsOf(value))
  // Rows that say something else are of before an undo, or of before somebody else's change was taken.
  const rows = same(valueOf(typed), value) ? typed : rowsOf(value)
  const set = (next: Row[]): void => {
    setRows(next)
    onChange(valueOf(next))
  }
  return (
    <>
      {rows.map(({ name, text }, index) => {
        const change = (part: Partial<Row>): void => set(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
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
            {!readOnly && (
              <IconButton label={removeLabel(name)} icon={IconTrash} onClick={() => set(rows.filter((_, at) => at !== index))} />
            )}
          </div>
        )
      })}
      <AddButton onClick={() => setRows([...rows, { name: '', text: '' }])}>{addLabel}</AddButton>
    </>
  )
}
