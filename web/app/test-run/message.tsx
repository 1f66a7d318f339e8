import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TestRun } from '../api/test-runs.js'
import { HtmlPreview } from '../kit/html-preview.js'
import { Rendered } from '../member/rendered.js'

type Delivery = TestRun['deliveries'][number]

export interface MessageProps {
  /** The attempts of one visit, in order. */
  attempts: readonly Delivery[]
  /** It is looked at: what it says is shown. */
  open: boolean
  /** An instant in words. */
  when(at: string): string
}

/** What a tile would have sent, as its reader sees it, and what became of each attempt. */
export function Message({ attempts, open, when }: MessageProps) {
  const { t } = useTranslation()
  const last = attempts.at(-1)!
  const { rendered, problems = [] } = last
  const { html, ...others } = rendered
  const subject = [rendered.subject, rendered.title, rendered.url, rendered.text, rendered.body].find((text) => text?.trim())
  return (
    <Unfold key={String(open)} title={subject ?? t('testRun:message')} open={open}>
      <ul className="flex flex-col gap-0.5 text-label text-muted">
        {attempts.map(({ attempt, at, outcome, answered }) => (
          <li key={attempt}>
            {t(`testRun:outcome.${outcome}`, { attempt, when: when(at) })} {t(`testRun:answered.${answered}`)}
          </li>
        ))}
      </ul>
      {problems.map(({ field, message }) => (
        <p key={field + message} className="text-table break-words text-red">{`${field}: ${message}`}</p>
      ))}
      <Rendered fields={others} />
      {html !== undefined && <HtmlPreview html={html} title={t('testRun:html')} className="h-72" />}
    </Unfold>
  )
}

function Unfold({ title, open: looked, children }: { title: string; open: boolean; children: React.ReactNode }) {
  const [open, setOpen] = useState(looked)
  return (
    <details
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="mt-1 min-w-0 rounded-input border border-line bg-bg px-3 py-2"
    >
      <summary className="cursor-pointer truncate rounded-[4px] text-table font-medium" title={title}>
        {title}
      </summary>
      {open && <div className="flex min-w-0 flex-col gap-2 pt-2">{children}</div>}
    </details>
  )
}
