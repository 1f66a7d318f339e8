import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TemplateKind } from '../../api/templates.js'
import { CustomerField } from '../../forms/sending/preview.js'
import type { LivePreview } from '../../forms/sending/use-live-preview.js'
import { Card } from '../../kit/card.js'
import { cx } from '../../kit/cx.js'
import { HtmlPreview } from '../../kit/html-preview.js'
import { Select } from '../../kit/select.js'
import { Skeleton } from '../../kit/skeleton.js'
import { Tabs } from '../../kit/tabs.js'

type View = 'desktop' | 'phone' | 'text'

interface PreviewPaneProps {
  kind: TemplateKind
  preview: LivePreview
  /** The languages of the template. */
  locales: readonly string[]
  /** In place of the customer's; empty: theirs. */
  locale: string
  onLocale(locale: string): void
}

/** What a customer gets, at the width of a desk and of a phone, and as text. */
export function PreviewPane({ kind, preview, locales, locale, onLocale }: PreviewPaneProps) {
  const { t } = useTranslation()
  const [view, setView] = useState<View>('desktop')
  const { shown, current, error } = preview
  const { subject, html: made, text } = shown?.rendered ?? {}
  const html = useLast(made)
  const outdated = made === undefined && html !== undefined
  const missing = shown?.problems.filter(({ code }) => code === 'template_error') ?? []
  const page = (width: string): React.ReactNode =>
    html === undefined ? (
      <p className="text-table text-muted">{t('content:preview.noHtml')}</p>
    ) : (
      <div className={cx('mx-auto w-full transition-[max-width] duration-150', width, outdated && 'opacity-50')}>
        {outdated && <p className="mb-2 text-label text-amber">{t('content:preview.outdated')}</p>}
        <HtmlPreview html={html} title={t('content:preview.frame')} className="h-[560px]" />
      </div>
    )
  const plain = <pre className="max-h-[560px] overflow-y-auto rounded-input bg-sunken p-3 font-mono text-table break-words whitespace-pre-wrap">{text ?? t('content:preview.noText')}</pre> // prettier-ignore
  const tabs: { value: View; label: string; content: React.ReactNode }[] = [
    ...(kind === 'text'
      ? []
      : ([
          { value: 'desktop', label: t('content:preview.desktop'), content: page('') },
          { value: 'phone', label: t('content:preview.phone'), content: page('max-w-[375px]') },
        ] as const)),
    { value: 'text', label: t('content:preview.text'), content: plain },
  ]
  return (
    <Card title={t('content:preview.title')}>
      <div className="flex min-w-0 flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <CustomerField preview={preview} />
          {locales.length > 1 && (
            <div className="flex flex-col gap-1">
              <span className="text-label font-medium">{t('content:preview.locale')}</span>
              <Select
                label={t('content:preview.locale')}
                value={locale === '' ? 'theirs' : locale}
                onChange={(next) => onLocale(next === 'theirs' ? '' : next)}
                options={[{ value: 'theirs', label: t('content:preview.theirs') }, ...locales.map((value) => ({ value, label: languageName(value) }))]}
              />
            </div>
          )}
        </div>
        {error && <p className="text-table break-words text-red" role="alert">{t('inputs:preview.failed', { message: error.message })}</p>}
        {missing.map(({ path, message }) => (
          <p key={path + message} className="text-table break-words text-red">
            {message}
          </p>
        ))}
        {shown === undefined && !error ? (
          <Skeleton className="h-96" />
        ) : (
          <div aria-busy={!current} className={cx('flex min-w-0 flex-col gap-3', !current && 'opacity-60')}>
            {kind !== 'partial' && (subject ?? '') !== '' && (
              <p className="min-w-0 text-body break-words">
                <span className="text-label text-muted">{t('content:part.subject')}: </span>
                <span className="font-medium">{subject}</span>
              </p>
            )}
            <Tabs label={t('content:preview.how')} value={tabs.some(({ value }) => value === view) ? view : tabs[0]!.value} onChange={setView} tabs={tabs} />
          </div>
        )}
      </div>
    </Card>
  )
} // prettier-ignore

/** What there was last. */
function useLast(value: string | undefined): string | undefined {
  const last = useRef(value)
  useEffect(() => {
    if (value !== undefined) last.current = value
  })
  return value ?? last.current
}

/** A language in words, with its tag; the tag alone where there is no word. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames('en', { type: 'language' }).of(tag)
    return name === undefined || name === tag ? tag : `${name} (${tag})`
  } catch {
    return tag
  }
}
