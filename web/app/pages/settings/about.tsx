import { useTranslation } from 'react-i18next'
import { useMe } from '../../api/me.js'
import { Card, Facts } from '../../kit/card.js'
import { ErrorState } from '../../kit/error-state.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Section } from './section.js'

/** /settings/about: the version, and where else things are. */
export default function AboutPage() {
  const { t } = useTranslation()
  const { data: me, error, refetch } = useMe()
  return (
    <Section name="about">
      {me === undefined && error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Card title="Tilework">
          {me ? (
            <Facts
              facts={[
                { name: t('settings:about.version'), value: me.version },
                { name: t('settings:about.address'), value: me.publicUrl },
                { name: t('settings:about.api'), value: <Out href="/docs/">{t('settings:about.docs')}</Out> },
                {
                  name: t('settings:about.temporal'),
                  value: me.temporalUiUrl === null ? t('settings:about.noTemporal') : <Out href={me.temporalUiUrl}>{me.temporalUiUrl}</Out>,
                },
              ]}
            />
          ) : (
            <SkeletonLines lines={4} label={t('settings:section.about')} />
          )}
        </Card>
      )}
    </Section>
  )
}

/** A link out of the application, in a tab of its own. */
const Out = ({ href, children }: { href: string; children: string }) => (
  <a href={href} target="_blank" rel="noreferrer" className="inline-block max-w-full break-words text-accent underline underline-offset-2">
    {children}
  </a>
)
