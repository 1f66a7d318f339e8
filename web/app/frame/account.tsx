import { IconApi, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../kit/button.js'
import { Menu } from '../kit/menu.js'
import { setTheme, THEMES, useTheme } from '../theme/theme.js'

const ICONS = { system: IconDeviceDesktop, light: IconSun, dark: IconMoon }

/** Theme, the API's documentation, signing out. */
export function Account({ side }: { side: 'right' | 'bottom' }) {
  const { t } = useTranslation()
  const { theme } = useTheme()
  const signOut = useRef<HTMLFormElement>(null)
  return (
    <>
      <Menu
        side={side}
        items={[
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
