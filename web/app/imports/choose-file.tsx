import { IconFileUpload } from '@tabler/icons-react'
import { useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from '../kit/cx.js'

export interface ChooseFileProps {
  /** What the file is. */
  label: string
  /** What may be in it. */
  hint: string
  /** As an input of files takes it. */
  accept: string
  onFile(file: File): void
}

/** A field to choose a file in, or to drop it on. */
export function ChooseFile({ label, hint, accept, onFile }: ChooseFileProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <>
      <button
        type="button"
        onClick={() => input.current?.click()}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx(
          'flex flex-col items-center gap-2 rounded-card border border-dashed px-4 py-10 text-center',
          over ? 'border-accent bg-accent-soft' : 'border-edge hover:bg-hover',
        )}
      >
        <IconFileUpload size={28} stroke={1.5} className="text-muted" aria-hidden />
        <span className="font-medium">{t('imports:choose')}</span>
        <span className="text-table text-muted">{hint}</span>
      </button>
      <input
        ref={input}
        type="file"
        aria-label={label}
        accept={accept}
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => target.files?.[0] && onFile(target.files[0])}
      />
    </>
  )
}
