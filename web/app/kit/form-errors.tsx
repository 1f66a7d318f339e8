import { createContext, useContext, useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, type FieldProblem } from '../api/problem.js'
import { Banner } from './banner.js'
import { isUnder, useClaims, type Claim } from './claims.js'

const Around = createContext<{ errors: readonly FieldProblem[]; claim: Claim }>({ errors: [], claim: () => () => undefined })

/** What is wrong at a place of the form around it; `deep`: or anywhere below. The place counts as shown. Nothing without a path. */
export function useErrorsAt(path: string | undefined, deep = false): readonly FieldProblem[] {
  const { errors, claim } = useContext(Around)
  useEffect(() => (path === undefined ? undefined : claim(path, deep)), [claim, path, deep])
  return path === undefined
    ? []
    : errors.filter((error) => error.path !== undefined && (deep ? isUnder(error.path, path) : error.path === path))
}

export interface FormErrorsProps {
  /** Why the form was refused. */
  error: Error | null
  /** Buttons beside what no field shows. */
  actions?: ReactNode
  children?: ReactNode
}

/** Around the fields of a form: what is wrong with each stands at it, by its `path`; what is at none of them stands below. */
export function FormErrors({ error, actions, children }: FormErrorsProps) {
  const { t } = useTranslation()
  const { claim, isShown } = useClaims()
  const errors = error instanceof ApiProblem ? error.errors : []
  const rest = errors.filter(({ path }) => path === undefined || !isShown(path))
  const stale = error instanceof ApiProblem && error.status === 412
  const said = stale ? t('kit:changed') : errors.length === 0 ? error?.message : rest.map(({ message }) => message).join(' ')
  return (
    <Around.Provider value={{ errors, claim }}>
      {children}
      {said !== undefined && said !== '' && (
        <Banner tone="red" actions={actions}>
          {said}
        </Banner>
      )}
    </Around.Provider>
  )
}
