import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Button } from '../../kit/button.js'
import { useReadOnly } from './form.js'

export interface AddButtonProps {
  onClick(): void
  quiet?: boolean
  children: ReactNode
}

/** Adds one to a list or to a group; not there where nothing can be changed. */
export function AddButton({ onClick, quiet = false, children }: AddButtonProps) {
  if (useReadOnly()) return null
  return (
    <Button size="s" variant={quiet ? 'quiet' : 'secondary'} icon={IconPlus} className="self-start" onClick={onClick}>
      {children}
    </Button>
  )
}
