import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePreview, type Previewed, type PreviewInput } from '../../api/previews.js'
import { useSettled } from '../../kit/use-settled.js'
import type { FieldProblem } from '../inputs/form.js'
import { holding } from './holding.js'

/** After this pause in the changes it is rendered anew, ms. */
const PAUSE_MS = 400

/** A customer that was chosen: its id, and what people call it. */
export interface Chosen {
  id: string
  label: string
}

/** A preview that follows what it is made from, once it was asked for. */
export interface LivePreview {
  customer: Chosen | undefined
  /** Chooses whom it is for, and asks for it. */
  setCustomer(customer: Chosen): void
  asked: boolean
  /** Asks for it, or once more after it failed. */
  ask(): void
  /** What was rendered last. */
  shown: Previewed | undefined
  /** That is what the form has now. */
  current: boolean
  error: Error | undefined
  /** What it said of fields that are as they were, at their places in the form. */
  problems: readonly FieldProblem[]
}

/** @param input the tile's fields as they are now */
export function useLivePreview(input: PreviewInput): LivePreview {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const [customer, setCustomer] = useState<Chosen>()
  const now = JSON.stringify({ ...input, ...(customer && { customer: { id: customer.id } }) })
  const settled = useSettled(now, PAUSE_MS)
  const { data, error, refetch } = usePreview(asked ? settled : undefined)
  const name = customer?.label ?? t('inputs:preview.nobody')
  return {
    customer,
    setCustomer: (next) => {
      setCustomer(next)
      setAsked(true)
    },
    asked,
    ask: () => (asked ? void refetch() : setAsked(true)),
    shown: data?.answer,
    current: data?.of === now,
    error: error !== null && settled === now ? error : undefined,
    problems: (data ? holding(data.of, now, data.answer.problems) : []).map(({ path, code, message }) => ({
      path: `/config${path}`,
      code,
      message: t('inputs:preview.atField', { customer: name, message }),
    })),
  }
}
