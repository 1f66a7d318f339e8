import { IconCopyPlus, IconTrash, IconX } from '@tabler/icons-react'
import { Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../tiles/problems.js'
import { portsOf } from '../../../../tiles/ports.js'
import { configure, renameTile } from '../../canvas/doc/change.js'
import { edgeAt, tileOf } from '../../canvas/doc/lookup.js'
import type { Doc, DocTile, PortRef } from '../../canvas/doc/types.js'
import { hueOf, TILE_ICONS } from '../../canvas/view/icons.js'
import { essence, typeWords } from '../../canvas/words/essence.js'
import { portWords } from '../../canvas/words/ports.js'
import type { Say } from '../../canvas/words/say.js'
import { Button, IconButton } from '../../kit/button.js'
import { CopyId } from '../../kit/copy-id.js'
import { Field } from '../../kit/field.js'
import { Skeleton } from '../../kit/skeleton.js'
import { TextInput } from '../../kit/text-input.js'
import type { Commands } from '../commands.js'
import { useEditorStore } from '../store.js'
import { TILE_FORMS } from '../tile-forms.js'
import { JsonForm } from './json-form.js'

export interface TilePanelProps {
  tile: DocTile
  doc: Doc
  say: Say
  orchestrationId: string
  /** Of this tile. */
  problems: readonly Problem[]
  readOnly: boolean
  focus: { path: string } | undefined
  commands: Commands
  onConnect(from: PortRef, anchor: DOMRect): void
  onClose(): void
}

/** Everything about the selected tile: its name, its form, where its ports lead. */
export function TilePanel(props: TilePanelProps) {
  const { tile, doc, say, orchestrationId, problems, readOnly, focus, commands, onClose } = props
  const { t } = useTranslation()
  const store = useEditorStore()
  const [json, setJson] = useState(false)
  const Glyph = TILE_ICONS[tile.type]
  const Form = TILE_FORMS[tile.type]
  const onChange = useMemo(
    () => (config: Record<string, unknown>) => store.getState().run((now) => configure(now, tile.id, config), `config:${tile.id}`),
    [store, tile.id],
  )
  return (
    <>
      <header className="flex items-center gap-2 border-b border-line px-4 py-2.5">
        <Glyph size={20} style={{ color: hueOf(tile.type) }} aria-hidden />
        <h2 className="min-w-0 flex-1 truncate text-body font-semibold">{tile.name || typeWords(tile.type, say)}</h2>
        {!readOnly && <IconButton label={t('editor:command.duplicate')} icon={IconCopyPlus} onClick={() => commands.duplicate()} />}
        {!readOnly && <IconButton label={t('editor:command.remove')} icon={IconTrash} onClick={() => commands.remove()} />}
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4" onBlur={() => store.getState().seal()}>
        <p className="text-table text-muted">{essence(tile, say)}</p>
        <OtherProblems problems={problems} hasForm={Form !== undefined && !json} />
        <Field label={t('editor:panel.name')} optional>
          <TextInput
            value={tile.name ?? ''}
            onChange={(name) => store.getState().run((now) => renameTile(now, tile.id, name), `name:${tile.id}`)}
            placeholder={typeWords(tile.type, say)}
            maxLength={200}
            readOnly={readOnly}
            data-first-field
          />
        </Field>
        {Form && !json ? (
          <Suspense fallback={<Skeleton className="h-40" />}>
            <Form key={tile.id} {...{ tile, onChange, problems, doc, orchestrationId, readOnly }} {...(focus && { focus })} />
          </Suspense>
        ) : (
          <JsonForm key={tile.id} {...{ tile, onChange, readOnly }} />
        )}
        <Ways {...props} />
        <footer className="mt-auto flex items-center justify-between gap-2 pt-2 text-label text-muted">
          <CopyId id={tile.id} />
          {Form && (
            <Button size="s" variant="quiet" onClick={() => setJson(!json)}>
              {t(json ? 'editor:panel.form' : 'editor:panel.asJson')}
            </Button>
          )}
        </footer>
      </div>
    </>
  )
}

/** A form says itself what is wrong in its fields; here is what concerns the tile. Without a form, all. */
function OtherProblems({ problems, hasForm }: { problems: readonly Problem[]; hasForm: boolean }) {
  const shown = problems.filter(({ path }) => !hasForm || !path?.startsWith('/config'))
  if (shown.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 rounded-card bg-red-soft px-3 py-2 text-table">
      {shown.map(({ code, message }, index) => (
        <li key={index} className="break-words">
          {message} <span className="font-mono text-label text-muted">{code}</span>
        </li>
      ))}
    </ul>
  )
}

/** Where each port leads, and by click or key to where it shall. */
function Ways({ tile, doc, say, readOnly, onConnect }: TilePanelProps) {
  const { t } = useTranslation()
  const ports = portsOf(tile) ?? []
  if (ports.length === 0) return null
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-label font-medium text-muted">{t('editor:panel.ways')}</h3>
      {ports.map((port) => {
        const edge = edgeAt(doc, { tileId: tile.id, port })
        const to = edge && tileOf(doc, edge.to)
        const words = portWords(tile, port, say) || t('canvas:port.next')
        const leads = to ? to.name || typeWords(to.type, say) : t('editor:panel.nowhere')
        return (
          <div key={port} className="flex items-center gap-2 text-body">
            <span className="w-24 shrink-0 truncate text-table text-muted" title={words}>
              {words}
            </span>
            <Button
              size="s"
              disabled={readOnly}
              className="min-w-0 flex-1 justify-start truncate"
              aria-label={t('editor:panel.leads', { port: words, to: leads })}
              onClick={(event) => onConnect({ tileId: tile.id, port }, event.currentTarget.getBoundingClientRect())}
            >
              <span className="truncate">{leads}</span>
            </Button>
          </div>
        )
      })}
    </section>
  )
}
