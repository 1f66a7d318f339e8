import { useState } from 'react'

/** What was read first: what others change while a form is open must be noticed when it is saved, not adopted. */
export function useOpened<T>(read: T | undefined): T | undefined {
  const [opened, setOpened] = useState(read)
  if (opened === undefined && read !== undefined) setOpened(read)
  return opened
}
