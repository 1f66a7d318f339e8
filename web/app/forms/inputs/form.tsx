import { IconAlertCircle } from '@tabler/icons-react'
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../tiles/problems.js'
import { isUnder, useClaims, type Claim } from '../../kit/claims.js'
import { Field } from '../../kit/field.js'

/** What is wrong at a place of a form. */
export type FieldProblem = Pick<Problem, 'path' | 'message' | 'ranges'> & { code: string }

interface InForm {
  problems: readonly FieldProblem[]
  readOnly: boolean
  claim: Claim
}

const Around = createContext<InForm>({ problems: [], readOnly: false, claim: () => () => undefined })

export interface FormProps {
  /** Each with the JSON pointer that the fields are bound by. Those that no field shows are listed above. */
  problems: readonly FieldProblem[]
  /** Only problems below this are the form's to show. */
  base: string
  focus?: { path: string } | undefined
  readOnly: boolean
  children: ReactNode
}

/** Fields bound to the places of a value: each shows what is wrong there, and can be gone to. */
export function Form({ problems, base, focus, readOnly, children }: FormProps) {
  const { claim, isShown } = useClaims()
  const element = useRef<HTMLFieldSetElement>(null)
  useEffect(() => {
    if (focus) goTo(element.current, focus.path)
  }, [focus])
  const others = problems.filter(({ path }) => path !== undefined && isUnder(path, base) && !isShown(path))
  return (
    <Around.Provider value={{ problems, readOnly, claim }}>
      <fieldset ref={element} disabled={readOnly} className="flex min-w-0 flex-col gap-5">
        <Faults problems={others} />
        {children}
      </fieldset>
    </Around.Provider>
  )
}

/** Focuses what can be used in the field at a place, or in the nearest one that it lies in. */
function goTo(form: HTMLElement | null, path: string): void {
  const places = [...(form?.querySelectorAll<HTMLElement>('[data-path]') ?? [])]
  const nearest = places
    .filter((place) => isUnder(path, place.dataset.path!))
    .reduce<HTMLElement | undefined>(
      (best, place) => ((best?.dataset.path!.length ?? -1) < place.dataset.path!.length ? place : best),
      undefined,
    )
  for (let details = nearest?.closest('details'); details; details = details.parentElement?.closest('details')) details.open = true
  nearest?.querySelector<HTMLElement>('input, textarea, button, [role=combobox], [contenteditable=true], [tabindex="0"]')?.focus()
}

function Faults({ problems }: { problems: readonly FieldProblem[] }) {
  if (problems.length === 0) return null
  return (
    <ul className="flex flex-col gap-1">
      {problems.map(({ code, message, path }) => (
        <li key={`${code}${path}`} className="flex items-start gap-1 text-label break-words text-red">
          <IconAlertCircle size={14} className="mt-px shrink-0" aria-hidden />
          <span className="min-w-0">{message}</span>
        </li>
      ))}
    </ul>
  )
}

/** Nothing in the form can be changed: what would change it is not shown. */
export const useReadOnly = (): boolean => useContext(Around).readOnly

/** What is wrong at a place; `deep`: or anywhere below. The place counts as shown. */
export function useProblemsAt(path: string, deep = false): readonly FieldProblem[] {
  const { problems, claim } = useContext(Around)
  useEffect(() => claim(path, deep), [claim, path, deep])
  return problems.filter((problem) => problem.path !== undefined && (deep ? isUnder(problem.path, path) : problem.path === path))
}

export interface BoundProps {
  /** JSON pointer of what it edits. */
  path: string
  label: ReactNode
  hint?: ReactNode
  optional?: boolean
  hiddenLabel?: boolean
  /** It shows what is wrong anywhere below too. */
  deep?: boolean
  className?: string
  children: ReactNode
}

/** A field of a form: label, input, and what is wrong there. */
export function Bound({ path, deep = false, children, className, ...rest }: BoundProps) {
  const [problem] = useProblemsAt(path, deep)
  return (
    <div data-path={path} className={className ?? 'min-w-0'}>
      <Field {...rest} error={problem?.message}>
        {children}
      </Field>
    </div>
  )
}

/** A place that is no single field: a list, a condition. What is wrong with it as a whole stands below. */
export function Place({ path, children }: { path: string; children: ReactNode }) {
  const problems = useProblemsAt(path)
  return (
    <div data-path={path} className="flex min-w-0 flex-col gap-2">
      {children}
      <Faults problems={problems} />
    </div>
  )
}

export interface PartProps {
  /** `does`: what it does, `delivery`: when it leaves, `fails`: if it fails, `advanced`: closed until somebody opens it or something in it is wrong. */
  part: 'does' | 'delivery' | 'fails' | 'advanced'
  /** Places in it: a problem at one opens it. */
  paths?: readonly string[]
  children: ReactNode
}

/** A section of a tile's form. */
export function Part({ part, paths = [], children }: PartProps) {
  const { t } = useTranslation()
  const { problems } = useContext(Around)
  const title = t(`inputs:part.${part}`)
  const wrong = problems.some(({ path }) => path !== undefined && paths.some((place) => isUnder(path, place)))
  const [open, setOpen] = useState(part !== 'advanced')
  if (part === 'advanced')
    return (
      <details open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)} className="min-w-0">
        <summary className="cursor-pointer rounded-input py-1 text-table font-semibold">{title}</summary>
        <div className="flex flex-col gap-4 pt-3">{children}</div>
      </details>
    )
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-4">
      <h3 className="text-table font-semibold">{title}</h3>
      {children}
    </section>
  )
}
