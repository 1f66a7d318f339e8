import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'

const at = (folder: string): string => fileURLToPath(new URL(folder, import.meta.url))

/** What may reach the browser. Types are gone before anything is loaded. */
const BROWSER = ['app', '../model', '../tiles', '../node_modules'].map(at)

/** Stops the build when code of the server would get into it: an `import type` that is a plain import. */
const noServerCode: Plugin = {
  name: 'no-server-code',
  load(id) {
    const ours = id.startsWith(at('..'))
    if (ours && !BROWSER.some((folder) => id.startsWith(folder)))
      this.error(`${id} runs on the server; the web application may import its types only (import type).`)
  },
}

/** Builds web/app into web/dist; the API serves it (api/app.ts). Nothing is inlined: the Content-Security-Policy refuses data: fonts and scripts. */
export default defineConfig({
  root: at('app'),
  base: '/',
  publicDir: false,
  plugins: [noServerCode, tailwindcss()],
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
