// The import rule: each folder and what it may import. Nothing imports to its right.
const MAY = {
  model: [],
  tiles: ['model', 'engine'],
  engine: ['model', 'tiles'],
  workflows: ['model', 'tiles', 'engine'],
  destinations: ['model', 'tiles'],
  store: ['model', 'tiles', 'engine', 'prisma'],
  sending: ['model', 'tiles', 'destinations', 'store'],
  temporal: ['model', 'engine', 'workflows'],
  ingest: ['model', 'tiles', 'store', 'temporal'],
  activities: ['model', 'tiles', 'engine', 'workflows', 'destinations', 'store', 'sending', 'temporal', 'ingest'],
  web: ['model', 'tiles'],
  api: ['model', 'tiles', 'engine', 'destinations', 'store', 'sending', 'temporal', 'ingest', 'web'],
  worker: ['workflows', 'activities', 'destinations', 'store', 'temporal'],
  cli: ['model', 'destinations', 'store', 'temporal', 'ingest', 'api', 'worker', 'workflows', 'scripts'],
}
const FOLDERS = [...Object.keys(MAY), 'prisma', 'scripts', 'test', 'bench']

/** The web application: in the browser, apart from everything that runs on the server. A tile's form lies with its tile. */
const APP = '^web/app/|^tiles/[^/]+/form\\.tsx$'

const layers = Object.entries(MAY).map(([folder, may]) => ({
  name: `layer-${folder}`,
  comment: `${folder}/ may import ${may.join(', ') || 'nothing'} (docs/decisions/0002-house.md)`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: `\\.test\\.ts$|${APP}` },
  to: { path: `^(${FOLDERS.filter((other) => other !== folder && !may.includes(other)).join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'app-stays-in-the-browser',
      comment: 'Nothing that runs on a server imports the web application.',
      severity: 'error',
      from: { pathNot: APP },
      to: { path: APP },
    },
    {
      name: 'app-knows-what-is-pure',
      comment:
        'Of the server the web application knows model/, tiles/, and types of api/ and store/ (web/vite.config.ts refuses their code).',
      severity: 'error',
      from: { path: APP, pathNot: '\\.test\\.ts$' },
      to: { path: `^(${FOLDERS.filter((folder) => !['model', 'tiles', 'web', 'api', 'store'].includes(folder)).join('|')})/` },
    },
    {
      name: 'pure',
      comment: 'These run in the workflow sandbox or the browser: no Node, no I/O.',
      severity: 'error',
      from: { path: '^(model|engine|workflows)/|^tiles/.*(schema|run)\\.ts$', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'light-workflow',
      comment: 'The workflow bundle carries no schemas, templates or time-zone data.',
      severity: 'error',
      from: { path: '^(workflows|engine)/|^tiles/([^/]+/run|runs|outcome)\\.ts$', pathNot: '\\.test\\.ts$|^engine/simulat' },
      to: { path: '(^|/)node_modules/(zod|liquidjs|temporal-polyfill|re2js)/' },
    },
    {
      name: 'workflow-by-type',
      comment: 'Of the engine, tiles know the types only.',
      severity: 'error',
      from: { path: '^tiles/' },
      to: { path: '^engine/', preCompilationOnly: false },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { circular: true, preCompilationOnly: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(prisma/client|dist|web/dist|\\.tilework|\\.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
  },
}
