import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'
import { IconButton } from './button.js'

/** Text of a program: within a sentence, or as a block with a button that copies it. */
export function Code({ text, block = false, className }: { text: string; block?: boolean; className?: string }) {
  if (!block) return <code className={cx('rounded-[4px] bg-sunken px-1 py-px font-mono text-label break-words', className)}>{text}</code>
  return <CodeBlock text={text} {...(className !== undefined && { className })} />
}

function CodeBlock({ text, className }: { text: string; className?: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  return (
    <div className={cx('group relative min-w-0 rounded-input border border-line bg-sunken', className)}>
      <pre tabIndex={0} className="max-h-96 overflow-auto p-3 pr-11 font-mono text-label">
        <code>{text}</code>
      </pre>
      <IconButton
        label={t(copied ? 'kit:copiedText' : 'kit:copyText')}
        icon={copied ? IconCheck : IconCopy}
        iconSize={16}
        className="absolute top-1 right-1"
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      />
    </div>
  )
}

/** A value as JSON. */
export const Json = ({ value }: { value: unknown }) => <Code block text={JSON.stringify(value, null, 2) ?? 'undefined'} />
