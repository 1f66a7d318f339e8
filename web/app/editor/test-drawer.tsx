import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { TestDrawerProps } from '../test-run/drawer.js'
import { Banner } from '../kit/banner.js'
import { BottomDrawer } from './panels/bottom-drawer.js'

/** Loads the test run. */
export const loadTest = () => import('../test-run/drawer.js')

const Loaded = lazy(() => loadTest().catch(() => ({ default: Missing })))

/** The drawer of the test run, loaded when it is first opened. */
export const TestDrawer = (props: TestDrawerProps) => (
  <Suspense fallback={null}>
    <Loaded {...props} />
  </Suspense>
)

function Missing({ onClose }: Pick<TestDrawerProps, 'onClose'>) {
  const { t } = useTranslation()
  return (
    <BottomDrawer title={t('testRun:title')} onClose={onClose}>
      <Banner tone="amber">{t('testRun:missing')}</Banner>
    </BottomDrawer>
  )
}
