import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

const at = (folder: string): string => fileURLToPath(new URL(folder, import.meta.url))

/** Builds web/app into web/dist; the API serves it (api/app.ts). Nothing is inlined: the Content-Security-Policy refuses data: fonts and scripts. */
export default defineConfig({
  root: at('app'),
  base: '/',
  publicDir: false,
  plugins: [tailwindcss()],
  build: {
    outDir: at('dist'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
    // Libraries mark their modules "use client", which means nothing here.
    rolldownOptions: { onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log) },
  },
})
