import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'

/** An id that a click copies. `text` is what is shown instead of it. */
export function CopyId({ id, text, className }: { id: string; text?: string; className?: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  const Glyph = copied ? IconCheck : IconCopy
  return (
    <button
      type="button"
      title={id}
      aria-label={t(copied ? 'kit:copied' : 'kit:copy', { text: id })}
      onClick={() => void navigator.clipboard.writeText(id).then(() => setCopied(true))}
      className={cx(
        'group relative inline-flex min-h-6 max-w-full items-center gap-1 rounded-[4px] font-mono text-label text-muted hover:text-text',
        className,
      )}
    >
      <span className="truncate">{text ?? id}</span>
      <Glyph size={14} className={cx('shrink-0', copied ? 'text-green' : 'opacity-60 group-hover:opacity-100')} aria-hidden />
    </button>
  )
}
