import {
  IconArrowsSplit2, IconClock, IconDoorExit, IconPlayerPlay, IconSend, IconSitemap, IconUserEdit, IconWebhook, type Icon,
} from '@tabler/icons-react' // prettier-ignore
import type { DocTile } from '../doc/types.js'

/** The icon of each type of tile. */
export const TILE_ICONS: Record<DocTile['type'], Icon> = {
  entry: IconPlayerPlay,
  wait: IconClock,
  branch: IconArrowsSplit2,
  action: IconSend,
  updateProfile: IconUserEdit,
  webhook: IconWebhook,
  subOrchestration: IconSitemap,
  exit: IconDoorExit,
}

/** The hue of a tile's family, as a value of CSS. */
export const hueOf = (type: DocTile['type']): string => `var(--tile-${type})`
/** That of notes. */
export const NOTE_HUE = 'var(--amber)'
