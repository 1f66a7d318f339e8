import { useEffect, useId, useRef } from 'react'
import { cx } from './cx.js'

/**
 * HTML that somebody else wrote, as a reader sees it: in a frame that runs no script and fetches nothing. The server sends it back under a
 * policy of its own (api/preview.ts).
 */
export function HtmlPreview({ html, title, className }: { html: string; title: string; className?: string }) {
  // A frame that goes from one text to another would fill the browser's history: each text has a frame of its own.
  return <Frame key={html} html={html} title={title} {...(className !== undefined && { className })} />
}

function Frame({ html, title, className }: { html: string; title: string; className?: string }) {
  const name = useId()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.submit(), [])
  return (
    <>
      <iframe
        name={name}
        title={title}
        sandbox=""
        style={{ colorScheme: 'light' }}
        className={cx('w-full rounded-input border border-line bg-paper', className ?? 'h-96')}
      />
      <form ref={form} method="post" action="/preview" target={name} hidden>
        <textarea name="html" defaultValue={html} readOnly />
      </form>
    </>
  )
}
