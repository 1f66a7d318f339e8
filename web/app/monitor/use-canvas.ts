import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { isPlaced, laidOut } from '../canvas/doc/placed.js'
import { docOf, type CanvasBody } from '../canvas/doc/read.js'
import type { Doc, Note } from '../canvas/doc/types.js'

/** A canvas of the API as a document; laid out by the engine, loaded for it, when its tiles have no places. */
export function useDocOf(key: string, body: CanvasBody | undefined, notes?: readonly Note[]): Doc | undefined {
  const doc = useMemo(() => body && docOf(body, notes), [body, notes])
  const placed = body === undefined || isPlaced(body)
  const laid = useQuery({
    queryKey: ['laid-out', key, doc],
    queryFn: () => laidOut(doc!),
    enabled: !placed,
    staleTime: Infinity,
    gcTime: 0,
  })
  return placed ? doc : laid.data
}
