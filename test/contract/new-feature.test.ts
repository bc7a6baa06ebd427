// A feature that is added to a copy of the program, by nothing but its folder, its migrations and its line in the list.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as Copy from '../../db/copy.ts'
import { migrate } from '../../db/migrate.ts'
import { openDatabase } from '../../db/open.ts'
import type * as App from '../support/app.ts'
import { drivers, temporaryFolder, type TestDriver, type TestPlace } from '../support/databases.ts'
import { operationsOf, servedDocument, type Document } from './support/document.ts'

const ROOT = join(import.meta.dirname, '../..')
const ROOMS = join(import.meta.dirname, 'support/rooms')
const PARTS = ['app.ts', 'package.json', 'db', 'domain', 'features', 'plugins', 'test/support']

let program: string

beforeAll(() => {
  program = temporaryFolder()
  for (const part of PARTS) cpSync(join(ROOT, part), join(program, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(program, 'node_modules'))
  addRooms(program)
})
afterAll(() => rmSync(program, { recursive: true }))

/** All that somebody has to do. */
function addRooms(folder: string): void {
  const feature = join(folder, 'features/rooms')
  mkdirSync(feature)
  for (const name of readdirSync(ROOMS).filter(file => file.endsWith('.ts'))) {
    const text = readFileSync(join(ROOMS, name), 'utf8')
    writeFileSync(join(feature, name), text.replaceAll('../../../../', '../../'))
  }
  for (const { name } of drivers) {
    const migrations = join(folder, 'db/migrations', name)
    const next = String(readdirSync(migrations).length + 1).padStart(3, '0')
    cpSync(join(ROOMS, `${name}.sql`), join(migrations, `${next}_rooms.sql`))
  }
  const list = join(folder, 'features/index.ts')
  const text = readFileSync(list, 'utf8').replace(/^\]$/m, '  roomsFeature,\n]')
  writeFileSync(list, `import { roomsFeature } from './rooms/index.ts'\n${text}`)
}

/** A database that has had the migrations of the copy too. */
function withRooms(driver: TestDriver): TestDriver {
  const place = async (): Promise<TestPlace> => {
    const made = await driver.place()
    const { database } = await openDatabase(made.url)
    await migrate(database, join(program, 'db/migrations', driver.name))
    await database.close()
    return made
  }
  return { ...driver, place }
}

describe.each(drivers)('a new feature on $name', driver => {
  let t: App.TestApp
  let document: Document
  let admin: App.SignedIn
  let talent: App.SignedIn

  const add = (name: string, headers: object = admin.headers) =>
    t.call({ method: 'POST', url: '/api/rooms', headers: { ...headers }, payload: { name, seats: 4 } })
  const secretFor = async (scope: string) => {
    const payload = { name: 'Rooms', scopes: [scope] }
    const { status, body } = await t.post('/api/tokens', payload, admin)
    expect(status).toBe(201)
    return { authorization: `Bearer ${body.secret}` }
  }

  beforeAll(async () => {
    const { testApp } = (await import(join(program, 'test/support/app.ts'))) as typeof App
    t = await testApp({}, withRooms(driver))
    document = await servedDocument(t.app)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent')
  })
  afterAll(() => t.close())

  test('has its tag in the document, and its routes with their scope under it', () => {
    const tags = document.tags.map(({ name }) => name)
    expect(tags.slice(tags.indexOf('portfolio'), tags.indexOf('tasks'))).toEqual(['portfolio', 'rooms'])
    const routes = operationsOf(document).filter(operation => operation.tags.includes('rooms'))
    expect(routes.map(({ operationId }) => operationId).sort()).toEqual(['createRoom', 'listRooms'])
    expect(document.paths['/api/rooms']).toMatchObject({
      get: { security: [{ bearer: ['rooms:read'] }] },
      post: { security: [{ bearer: ['rooms:write'] }] },
    })
  })

  test('has a scope that can be given to a token, and is asked for', async () => {
    const [reader, writer] = [await secretFor('rooms:read'), await secretFor('rooms:write')]
    expect((await t.call({ url: '/api/rooms', headers: reader })).status).toBe(200)
    expect((await t.call({ url: '/api/rooms', headers: writer })).status).toBe(403)
    expect(await add('Turing', reader)).toMatchObject({
      status: 403,
      body: { message: 'This needs a token of scope rooms:write' },
    })
    expect((await add('Turing', writer)).status).toBe(201)
    expect((await t.call({ url: '/api/events', headers: reader })).status).toBe(403)
  })

  test('has a history, for the roles that it names', async () => {
    const { body: room } = await add('Lovelace')
    const url = `/api/rooms/${room.id}/history`
    expect(await t.get(url, admin)).toMatchObject({
      status: 200,
      body: { data: [{ action: 'create', entityType: 'room', entityId: room.id, actorName: admin.name }] },
    })
    expect((await t.get(url, talent)).status).toBe(403)
  })

  test('is answered from the cache until it is written to', async () => {
    const list = () => t.get('/api/rooms', talent)
    await list()
    const kept = await list()
    expect(kept.headers['x-cache']).toBe('hit')
    expect((await add('Hopper')).status).toBe(201)
    const read = await list()
    expect(read.headers['x-cache']).toBe('miss')
    expect(read.body.data).toEqual([expect.objectContaining({ name: 'Hopper' }), ...kept.body.data])
  })

  test.each(drivers)('is copied by db:copy to $name', async other => {
    const { copyDatabase } = (await import(join(program, 'db/copy.ts'))) as typeof Copy
    const target = await other.place('empty')
    const rooms = await t.get('/api/rooms', admin)
    const copied = await copyDatabase(t.config.DATABASE_URL, target.url)
    expect(copied).toContainEqual({
      table: 'rooms',
      rows: rooms.body.data.length,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const { database } = await openDatabase(target.url)
    expect(await database.many('SELECT name FROM rooms ORDER BY name')).toEqual(
      rooms.body.data.map(({ name }: { name: string }) => ({ name })),
    )
    await database.close()
    await target.remove()
  })
})
