import { IconNote } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { connect, refusedTargets } from '../canvas/doc/connect.js'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc, PortRef } from '../canvas/doc/types.js'
import { hueOf, NOTE_HUE, TILE_ICONS } from '../canvas/view/icons.js'
import { essence, typeWords } from '../canvas/words/essence.js'
import { noteWords } from '../canvas/words/note.js'
import { portWords } from '../canvas/words/ports.js'
import { refusalWords } from '../canvas/words/refusal.js'
import type { Say } from '../canvas/words/say.js'
import { Chooser, type Choice } from './chooser.js'
import type { Commands, Place } from './commands.js'
import { hueOfOffer, OFFERS, presetsFor } from './presets.js'
import { inReadingOrder } from './navigate.js'
import { useEditorStore } from './store.js'

/** What is being asked for. */
export type Asking =
  | { kind: 'add'; place: Place; anchor?: DOMRect | undefined }
  | { kind: 'connect'; from: PortRef; anchor?: DOMRect | undefined }
  | { kind: 'find' }

export interface ChoosersProps {
  asking: Asking | undefined
  doc: Doc
  say: Say
  commands: Commands
  onClose(): void
}

/** The menus that find something by typing: what to add, where to lead a port, which tile to go to. */
export function Choosers(props: ChoosersProps) {
  const { asking } = props
  if (!asking) return null
  if (asking.kind === 'add') return <AddChooser {...props} asking={asking} />
  return asking.kind === 'connect' ? <ConnectChooser {...props} asking={asking} /> : <FindChooser {...props} />
}

type Of<K extends Asking['kind']> = Omit<ChoosersProps, 'asking'> & { asking: Extract<Asking, { kind: K }> }

function AddChooser({ asking: { place, anchor }, commands, onClose }: Of<'add'>) {
  const { t } = useTranslation()
  const offered = typeof place === 'object' && !('at' in place) ? presetsFor('edge' in place ? 'edge' : 'port') : OFFERS
  const choices = offered.map((offer): Choice => ({
    value: offer.id,
    label: t(`editor:preset.${offer.id}.label`),
    hint: t(`editor:preset.${offer.id}.about`),
    icon: offer.icon,
    group: t(`editor:palette.group.${offer.group}`),
    hue: hueOfOffer(offer),
  }))
  const choose = (id: string): void => {
    onClose()
    // After the menu has given the focus back: the new tile takes it.
    requestAnimationFrame(() =>
      commands.add(
        OFFERS.find((offer) => offer.id === id)!,
        place,
      ),
    )
  }
  return <Chooser label={t('editor:add')} choices={choices} anchor={anchor} onChoose={choose} onClose={onClose} />
}

function tileChoice(doc: Doc, id: string, say: Say): Choice {
  const tile = tileOf(doc, id)!
  return {
    value: id,
    label: tile.name || typeWords(tile.type, say),
    hint: essence(tile, say),
    icon: TILE_ICONS[tile.type],
    hue: hueOf(tile.type),
  }
}

function ConnectChooser({ asking: { from, anchor }, doc, say, commands, onClose }: Of<'connect'>) {
  const { t } = useTranslation()
  const store = useEditorStore()
  const tile = tileOf(doc, from.tileId)
  if (!tile) return null
  const refused = refusedTargets(doc, from)
  const choices = doc.tiles
    .filter(({ id }) => id !== tile.id || !refused.has(id))
    .map(({ id }): Choice => {
      const why = refused.get(id)
      return { ...tileChoice(doc, id, say), ...(why && { disabled: true, hint: refusalWords(why, say) }) }
    })
  const words = portWords(tile, from.port, say) || t('canvas:port.next')
  const choose = (to: string): void => {
    onClose()
    store.getState().run((now) => connect(now, from, to))
    requestAnimationFrame(() => commands.show(from.tileId))
  }
  const label = t('editor:connectTo', { port: words, tile: tile.name || typeWords(tile.type, say) })
  return <Chooser label={label} choices={choices} anchor={anchor} onChoose={choose} onClose={onClose} />
}

function FindChooser({ doc, say, commands, onClose }: ChoosersProps) {
  const { t } = useTranslation()
  const notes = inReadingOrder(doc.notes).map((note): Choice => ({ value: note.id, label: noteWords(note, say), hint: t('canvas:note.label'), icon: IconNote, hue: NOTE_HUE })) // prettier-ignore
  const choices = [...doc.tiles.map(({ id }) => tileChoice(doc, id, say)), ...notes]
  const choose = (id: string): void => {
    onClose()
    requestAnimationFrame(() => commands.go(id))
  }
  return <Chooser label={t('editor:findTile')} choices={choices} onChoose={choose} onClose={onClose} />
}
