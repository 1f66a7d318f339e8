import { useRef, useState } from 'react'

/** Whether a JSON pointer is a place or lies below it. */
export const isUnder = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`)

/** Says that what is wrong at a place (`deep`: or below it) is shown there; answers how to take that back. */
export type Claim = (path: string, deep: boolean) => () => void

/** Which places of a form show what is wrong with them, as its fields claim them. */
export function useClaims(): { claim: Claim; isShown(path: string): boolean } {
  const [claims, setClaims] = useState<readonly { path: string; deep: boolean }[]>([])
  const claim = useRef<Claim>((path, deep) => {
    const mine = { path, deep }
    setClaims((now) => [...now, mine])
    return () => setClaims((now) => now.filter((each) => each !== mine))
  })
  return {
    claim: claim.current,
    isShown: (path) => claims.some((each) => (each.deep ? isUnder(path, each.path) : each.path === path)),
  }
}
