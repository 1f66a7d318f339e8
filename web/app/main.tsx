import { QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { queryClient } from './api/query.js'
import './i18n/index.js'
import { router } from './router.js'
import './theme/index.css'
import { nonce } from './nonce.js'
import { startTheme } from './theme/theme.js'

startTheme()
setNonce(nonce)
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
