import { spoken } from '../canvas/words/say.js'

/** A message as it was rendered, field by field; HTML as its source, so that nothing of it runs or loads here. */
export function Rendered({ fields }: { fields: Readonly<Record<string, string>> }) {
  return (
    <dl className="flex flex-col gap-2 text-table">
      {Object.entries(fields).map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-label text-muted">{spoken(name)}</dt>
          <dd tabIndex={value.length > 400 ? 0 : undefined} className="max-h-60 overflow-y-auto break-words whitespace-pre-wrap">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
}
