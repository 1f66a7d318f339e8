import { IconApi, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../api/me.js'
import { signedInAs } from '../api/session.js'
import { IconButton } from '../kit/button.js'
import { Menu } from '../kit/menu.js'
import { setTheme, THEMES, useTheme } from '../theme/theme.js'

const ICONS = { system: IconDeviceDesktop, light: IconSun, dark: IconMoon }

/** Theme, the API's documentation, signing out. */
export function Account({ side }: { side: 'right' | 'bottom' }) {
  const { t } = useTranslation()
  const { theme } = useTheme()
  const signOut = useRef<HTMLFormElement>(null)
  const { data: me } = useMe()
  useEffect(() => {
    if (me) signedInAs(me.actor)
  }, [me])
  return (
    <>
      <Menu
        side={side}
        items={[
          ...(me
            ? [{ heading: me.name, hint: me.role === null ? me.workspace.name : `${t(`frame:role.${me.role}`)} · ${me.workspace.name}` }]
            : []),
          ...THEMES.map((each) => ({
            label: t(`frame:theme.${each}`),
            icon: ICONS[each],
            checked: each === theme,
            onSelect: () => setTheme(each),
          })),
          'line',
          { label: t('frame:api'), icon: IconApi, onSelect: () => void window.open('/docs/', '_blank') },
          { label: t('frame:signOut'), icon: IconLogout, onSelect: () => signOut.current?.submit() },
        ]}
      >
        <IconButton label={t('frame:account')} icon={IconUserCircle} iconSize={20} side={side} />
      </Menu>
      <form ref={signOut} method="post" action="/sign-out" hidden />
    </>
  )
}
