import type { DraftTile, Settings } from '../index.js'
import type { Problem } from '../problems.js'

/** A key tells several members of one customer apart, of which only the mode `always` allows several. */
export function checkKeys(tiles: readonly DraftTile[], { reentry }: Settings): Problem[] {
  if (reentry?.mode === 'always') return []
  return tiles.flatMap(({ id, type, config: { triggers } }) =>
    type !== 'entry' || !Array.isArray(triggers)
      ? []
      : triggers.flatMap((trigger: { key?: unknown } | null, index): Problem[] =>
          trigger?.key === undefined
            ? []
            : [
                {
                  code: 'TW217',
                  tileId: id,
                  path: `/config/triggers/${index}/key`,
                  message:
                    "The key has no effect unless a customer can be here several times at once; set reentry to 'always', or remove it.",
                },
              ],
        ),
  )
}

/** Settings that do nothing. */
export function checkSettings({ reentry }: Settings): Problem[] {
  if (reentry?.mode !== 'never' || reentry.cooldown === undefined) return []
  return [
    {
      code: 'TW217',
      path: '/settings/reentry/cooldown',
      message: "Nobody enters again in the mode 'never', so the cool-down has no effect; choose 'afterExit' or 'always', or remove it.",
    },
  ]
}
