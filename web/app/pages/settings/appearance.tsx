import { useTranslation } from 'react-i18next'
import { Card } from '../../kit/card.js'
import { RadioGroup } from '../../kit/radio.js'
import { setTheme, THEMES, useTheme } from '../../theme/theme.js'
import { Section } from './section.js'

/** /settings/appearance: the theme, kept in this browser. */
export default function AppearancePage() {
  const { t } = useTranslation()
  const { theme } = useTheme()
  return (
    <Section name="appearance">
      <Card>
        <RadioGroup
          label={t('settings:appearance.theme')}
          value={theme}
          onChange={setTheme}
          options={THEMES.map((value) => ({ value, label: t(`frame:theme.${value}`), hint: t(`settings:appearance.${value}`) }))}
        />
      </Card>
    </Section>
  )
}
