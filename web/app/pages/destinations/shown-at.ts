import type { DestinationType } from '../../api/destinations.js'
import { fieldsOf } from './fields.js'

/** Whether what is said about a place in the body stands at an input of the form. */
export const shownAt =
  (vendor: DestinationType) =>
  (path: string): boolean =>
    path === '/name' ||
    path === '/rateLimit/perSecond' ||
    (['config', 'secrets'] as const).some((part) =>
      fieldsOf(vendor[part]).some(({ name, input }) => path === `/${part}/${name}` && input !== 'switch'),
    )
