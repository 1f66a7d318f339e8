import type { ComponentType } from 'react'
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { Crash, Missing } from './frame/crash.js'
import { Frame } from './frame/frame.js'

/** A page that is loaded when somebody goes there: its module's default export is the component. */
const page = (path: string, load: () => Promise<{ default: ComponentType }>): RouteObject => ({
  path,
  ErrorBoundary: Crash,
  lazy: async () => ({ Component: (await load()).default }),
})

/** Every page by its address. */
const PAGES: RouteObject[] = [
  page('journeys', () => import('./pages/journeys/list.js')),
  page('journeys/:id/edit', () => import('./editor/edit-page.js')),
  page('customers', () => import('./pages/customers/list.js')),
  page('customers/:id', () => import('./pages/customers/one.js')),
  page('events', () => import('./pages/events/page.js')),
  page('audiences', () => import('./pages/audiences/list.js')),
  page('audiences/:id', () => import('./pages/audiences/one.js')),
  page('destinations', () => import('./pages/destinations/list.js')),
  page('destinations/secrets', () => import('./pages/destinations/secrets.js')),
  page('destinations/:id', () => import('./pages/destinations/one.js')),
  page('templates', () => import('./pages/templates/list.js')),
  page('templates/:id', () => import('./pages/templates/one.js')),
  page('operations', () => import('./pages/operations/errors.js')),
  page('operations/jobs', () => import('./pages/operations/jobs.js')),
  page('settings', () => import('./pages/settings/workspace.js')),
  page('settings/users', () => import('./pages/settings/users.js')),
  page('settings/api-keys', () => import('./pages/settings/api-keys.js')),
  page('settings/topics', () => import('./pages/settings/topics.js')),
  page('settings/suppressions', () => import('./pages/settings/suppressions.js')),
  page('settings/limits', () => import('./pages/settings/limits.js')),
  page('settings/audit-log', () => import('./pages/settings/audit-log.js')),
  page('settings/appearance', () => import('./pages/settings/appearance.js')),
  page('settings/about', () => import('./pages/settings/about.js')),
  page('inbox', () => import('./pages/inbox/page.js')),
  page('journeys/:id/monitor', () => import('./monitor/page.js')),
  page('journeys/:id/members', () => import('./member/list-page.js')),
  page('journeys/:id/members/:memberId', () => import('./member/one-page.js')),
  page('journeys/:id/versions', () => import('./versions/page.js')),
]

export const router = createBrowserRouter([
  {
    path: '/',
    Component: Frame,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: Crash,
        children: [{ index: true, element: <Navigate to="/journeys" replace /> }, ...PAGES, { path: '*', Component: Missing }],
      },
    ],
  },
])
