import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

const files = import.meta.glob<Record<string, unknown>>('./en/*.json', { eager: true, import: 'default' })

/** Every sentence by area: the file en/<area>.json is the namespace `<area>`. */
const english = Object.fromEntries(Object.entries(files).map(([file, texts]) => [/([\w-]+)\.json$/.exec(file)![1]!, texts]))

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: english },
  defaultNS: 'kit',
  interpolation: { escapeValue: false },
  returnNull: false,
})
i18next.services.formatter?.add('count', (value) => Number(value).toLocaleString('en'))

/** A sentence: `t('area:key', { name })`. In components: useTranslation of react-i18next. */
export const t = i18next.t.bind(i18next)
