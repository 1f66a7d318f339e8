import { freshDatabase, type FreshDatabase } from '../test/setup/db.js'
import { changeAudience, createAudience, deleteAudience, getAudience } from './audiences.js'
import { createCipher } from './cipher.js'
import { openDb, type Db } from './db.js'
import { createDestination, deleteDestination, getDestination, replaceDestination } from './destinations.js'
import { createFrequencyCap, deleteFrequencyCap, getFrequencyCap, replaceFrequencyCap } from './frequency-caps.js'
import { createTemplate, deleteTemplate, getTemplate, saveTemplate } from './templates.js'
import { createTopic, deleteTopic, getTopic, replaceTopic } from './topics.js'
import { createUser, getUser, removeUser, replaceUser } from './users.js'
import { DEFAULT_WORKSPACE as workspace, ensureDefaultWorkspace } from './workspaces.js'

let database: FreshDatabase
let db: Db
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url, { max: 4 })
  await ensureDefaultWorkspace(db)
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

interface Kind {
  make(): Promise<{ id: string; revision: number }>
  get(db: Db, workspaceId: string, id: string): Promise<{ revision: number }>
  change(id: string, revision?: number): Promise<unknown>
  remove(db: Db, workspaceId: string, id: string, revision?: number): Promise<unknown>
}

const cipher = createCipher('a key for tests, thirty-two characters')
const destination = { name: 'Mail', type: 'smtp', config: {} }
const topic = { name: 'News', description: '', optIn: false }
const cap = { name: 'Weekly', channel: null, topic: null, most: 3, per: 'P7D', otherwise: 'skip' } as const
const template = { name: 'Hello', channel: null, content: { locale: 'en' }, summary: {} } as unknown as Parameters<typeof createTemplate>[3]
const user = { name: 'Ada', role: 'viewer' } as const

const KINDS: Record<string, Kind> = {
  topic: {
    make: () => createTopic(db, workspace, topic),
    get: getTopic,
    change: (id, revision) => replaceTopic(db, workspace, id, topic, revision),
    remove: deleteTopic,
  },
  'frequency cap': {
    make: () => createFrequencyCap(db, workspace, cap),
    get: getFrequencyCap,
    change: (id, revision) => replaceFrequencyCap(db, workspace, id, cap, revision),
    remove: deleteFrequencyCap,
  },
  audience: {
    make: () => createAudience(db, workspace, 'Gold'),
    get: getAudience,
    change: (id, revision) => changeAudience(db, workspace, id, { name: 'Silver' }, revision),
    remove: deleteAudience,
  },
  destination: {
    make: () => createDestination(db, cipher, workspace, destination),
    get: getDestination,
    change: (id, revision) => replaceDestination(db, cipher, workspace, id, destination, revision),
    remove: deleteDestination,
  },
  template: {
    make: () => createTemplate(db, workspace, 'email', template),
    get: getTemplate,
    change: (id, revision) => saveTemplate(db, workspace, id, template, revision),
    remove: deleteTemplate,
  },
  user: {
    make: () => createUser(db, workspace, user),
    get: getUser,
    change: (id, revision) => replaceUser(db, workspace, id, user, revision),
    remove: removeUser,
  },
}

it.each(Object.entries(KINDS))('changes and deletes only the revision that was read: %s', async (what, { make, get, change, remove }) => {
  const { id, revision } = await make()
  await change(id, revision)
  const stale = { code: 'stale', message: expect.stringContaining(`This ${what} has been changed`), extra: { revision: revision + 1 } }
  await expect(change(id, revision)).rejects.toMatchObject(stale)
  await expect(remove(db, workspace, id, revision)).rejects.toMatchObject(stale)
  expect((await get(db, workspace, id)).revision).toBe(revision + 1)
  await remove(db, workspace, id, revision + 1)
  await expect(change(id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(remove(db, workspace, id)).rejects.toMatchObject({ code: 'not_found' })
})
