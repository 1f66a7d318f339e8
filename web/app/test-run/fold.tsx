import { useState, type ReactNode } from 'react'

export interface FoldProps {
  title: string
  /** What it holds, in a few words, to be read while it is closed. */
  told?: string | undefined
  /** Open from the start: something in it is filled in. */
  open?: boolean
  children: ReactNode
}

/** What few need: closed until somebody opens it, or goes to a field in it. */
export function Fold({ title, told, open: filled = false, children }: FoldProps) {
  const [open, setOpen] = useState(filled)
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="min-w-0">
      <summary className="cursor-pointer rounded-input py-1 text-table font-semibold">
        {title}
        {told !== undefined && <span className="font-normal text-muted"> · {told}</span>}
      </summary>
      <div className="flex min-w-0 flex-col gap-3 pt-2">{children}</div>
    </details>
  )
}
