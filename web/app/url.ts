import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

/**
 * One value in the query of the address, so that a view can be shared; '' is left out. It replaces the entry of the browser's history.
 * @returns the value and its setter, as of useState
 */
export function useUrlValue(name: string, fallback = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (value: string) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now)
          if (value === '' || value === fallback) next.delete(name)
          else next.set(name, value)
          return next
        },
        { replace: true },
      ),
    [name, fallback, setParams],
  )
  return [params.get(name) ?? fallback, set]
}

/** One of a few values in the query of the address; what is none of them counts as the fallback. */
export function useUrlChoice<T extends string>(name: string, choices: readonly T[], fallback: T): [T, (value: T) => void] {
  const [value, set] = useUrlValue(name, fallback)
  return [choices.find((choice) => choice === value) ?? fallback, set]
}

/** Takes everything out of the query of the address. Two values set in one go would overwrite each other; this is how to unset several. */
export function useUrlReset(): () => void {
  const [, setParams] = useSearchParams()
  return useCallback(() => setParams({}, { replace: true }), [setParams])
}
