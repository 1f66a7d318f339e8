import path from 'node:path'
import { Command, Option } from 'commander'
import { openDb, type Db } from '../store/db.js'
import { createKey, createSignInLink, listKeys, revokeKey, SCOPES, type Scope } from '../store/keys.js'
import { DEFAULT_WORKSPACE } from '../store/workspaces.js'
import { whatRuns } from './running.js'
import { readSettings, SettingsError } from './settings.js'
import { start, VERSION } from './start.js'

const program = new Command('tilework').description('Durable customer orchestrations on Temporal').version(VERSION)

program
  .command('start')
  .description('start Tilework and what it needs')
  .action(async () => {
    const stop = await start(readSettings(process.env))
    let stopping = false
    const end = (): void => {
      // A second Ctrl-C does not wait.
      if (stopping) process.exit(1)
      stopping = true
      console.log('\nStopping …')
      void stop().then(() => process.exit(0))
    }
    process.on('SIGINT', end).on('SIGTERM', end)
    // The parent is gone: nobody could stop this one any more.
    process.on('disconnect', end)
  })

program
  .command('sign-in')
  .description('print a sign-in link that works once')
  .action(() =>
    onDatabase(async (db, url) => {
      console.log(`${url}/sign-in?token=${await createSignInLink(db, DEFAULT_WORKSPACE)}`)
    }),
  )

const keys = program.command('keys').description('API keys')
keys
  .command('create <name>')
  .description('make an API key; it is shown this once')
  .addOption(new Option('--scopes <scopes...>', 'what it may do').choices(SCOPES).default(['read', 'write', 'operate']))
  .action((name: string, options: { scopes: Scope[] }) =>
    onDatabase(async (db) => {
      const { id, key } = await createKey(db, DEFAULT_WORKSPACE, { name, scopes: options.scopes })
      console.log(`${id}  ${key}`)
    }),
  )
keys
  .command('list')
  .description('list API keys')
  .action(() =>
    onDatabase(async (db) => {
      const { data } = await listKeys(db, DEFAULT_WORKSPACE, { limit: 200 })
      for (const { id, name, prefix, scopes, revokedAt } of data)
        console.log(`${id}  ${prefix}…  ${name}  ${scopes.join(',')}${revokedAt ? '  revoked' : ''}`)
    }),
  )
keys
  .command('revoke <id>')
  .description('revoke an API key')
  .action((id: string) => onDatabase((db) => revokeKey(db, DEFAULT_WORKSPACE, id)))

/** Works on the database of the settings, or of the Tilework that runs on the data directory. */
async function onDatabase(work: (db: Db, url: string) => Promise<void>): Promise<void> {
  const settings = readSettings(process.env)
  const running = whatRuns(path.resolve(settings.DATA_DIR))
  const databaseUrl = settings.DATABASE_URL ?? running?.databaseUrl
  if (databaseUrl === undefined) throw new Error(`No Tilework runs on ${settings.DATA_DIR}. Start it with npm start, or set DATABASE_URL.`)
  const db = openDb(databaseUrl)
  try {
    await work(db, running?.url ?? settings.PUBLIC_URL ?? `http://${settings.HOST}:${settings.PORT}`)
  } finally {
    await db.close()
  }
}

program.parseAsync().catch((error: unknown) => {
  const told = error instanceof SettingsError || (error instanceof Error && error.name !== 'TypeError')
  console.error(told ? (error as Error).message : error)
  process.exit(1)
})
