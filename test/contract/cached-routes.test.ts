import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildApp } from '../../app.ts'
import type { Database, Params } from '../../db/database.ts'
import { openDatabase } from '../../db/open.ts'
import Sqlite from '../../db/sqlite/driver.mjs'
import { createLogger } from '../../plugins/logging.ts'
import { testApp, type TestApp } from '../support/app.ts'
import { ask, type Told } from '../support/cache.ts'
import { drivers } from '../support/databases.ts'
import { scaled } from '../support/scale.ts'
import { addressesOf, change, CHANGE_NAMES, furnished, restock, type House } from './support/cached-house.ts'
import { watched } from './support/routes.ts'

interface CachedRoute {
  readonly url: string
  readonly tables: readonly string[]
}

/** Statements by their text, with what was bound. */
type Statements = Map<string, Params | undefined>

describe('the tables of a cached route', () => {
  let t: TestApp
  let routes: CachedRoute[]
  let house: House
  /** By route: what its answers of 200 are made of. */
  const statements = new Map<string, Statements>()

  beforeAll(async () => {
    ;[t, routes] = await withCachedRoutes(() => testApp())
    house = await furnished(t)
    for (const { url } of routes) statements.set(url, await statementsOf(url))
  })
  afterAll(() => t.close())

  /** What was run for whole answers, without what was run for the same answers from memory. */
  async function statementsOf(url: string): Promise<Statements> {
    const own: Statements = new Map()
    for (const as of house.people) {
      for (const address of addressesOf(url, house)) {
        await ask(t.app, address, { as }) // from now on it may be remembered who they are
        t.app.cache.clear()
        const anew = await during(t.db, () => ask(t.app, address, { as }))
        const again = await during(t.db, () => ask(t.app, address, { as }))
        if (anew.answer.status !== 200) continue
        expect([anew.answer.cache, again.answer.cache], address).toEqual(['miss', 'hit'])
        for (const [sql, params] of anew.ran) if (!again.ran.has(sql)) own.set(sql, params)
      }
    }
    return own
  }

  test('there are such routes, and somebody was answered 200 by each, and then from memory', () => {
    expect(routes.length).toBeGreaterThan(10)
    const unanswered = routes.filter(({ url }) => (statements.get(url)?.size ?? 0) === 0)
    expect(unanswered).toEqual([])
  })

  test('are all that it reads: no other can change what it answers', () => {
    const plans = new Sqlite(t.config.DATABASE_URL.slice('file:'.length), { readonly: true })
    const unnamed = routes.flatMap(({ url, tables }) => {
      const read = [...(statements.get(url) ?? [])].flatMap(([sql, params]) => tablesOf(plans, sql, params))
      return [...new Set(read)].filter(table => !tables.includes(table)).map(table => `${url} reads ${table}`)
    })
    plans.close()
    expect(unnamed).toEqual([])
  })

  test('are watched, so that their changes are told', async () => {
    const rows = await t.db.many<{ name: string }>('SELECT table_name AS name FROM table_versions')
    const known = rows.map(({ name }) => name)
    const unwatched = routes.flatMap(({ url, tables }) =>
      tables.filter(table => !known.includes(table)).map(table => `${url} names ${table}`),
    )
    expect(unwatched).toEqual([])
  })
})

/** The same steps with every run; CACHE_SEED=… and CACHE_RUNS=… look elsewhere and further. */
const SEED = Number(process.env['CACHE_SEED'] ?? 20_260_302)
const RUNS = { sqlite: scaled(12, 60), postgres: scaled(8, 40) }
const SHORTEST_RUN = 20
const LONGEST_RUN = 40
const SEARCH = '/api/availability/search'

describe.each(drivers)('random requests and writes on $name', driver => {
  let t: TestApp
  let routes: CachedRoute[]
  let house: House
  let without: Without

  beforeAll(async () => {
    ;[t, routes] = await withCachedRoutes(() => testApp({ LOG_LEVEL: 'silent' }, driver))
    house = await furnished(t)
    without = await withoutMemory(t)
  })
  afterAll(async () => {
    await without.close()
    await t.close()
  })

  const came = { hit: 0, miss: 0, known: 0 }
  const tags = new Map<string, string>()

  /** Asks both, and expects the same. */
  async function compare({ route, address, who, conditional }: Look): Promise<void> {
    const url = one(addressesOf(one(routes, route).url, house), address)
    const as = one([...house.people, ...house.scripts], who)
    const tag = conditional ? (tags.get(url) ?? '*') : undefined
    const headers = tag === undefined ? {} : { 'if-none-match': tag }
    const answer = await ask(t.app, url, { as, headers })
    const expected = await ask(without.app, url, { as, headers })
    expect(comparable(answer), `${url} as ${as.role}`).toEqual(comparable(expected))
    if (typeof answer.etag === 'string') tags.set(url, answer.etag)
    if (answer.cache === 'hit') came.hit += 1
    if (answer.cache === 'miss') came.miss += 1
    if (answer.cache === 'hit' && answer.status === 304) came.known += 1
  }

  /** Looks for a panel in both, on days in which the events are, and expects the same. */
  async function compareSearch(number: number): Promise<void> {
    const from = Date.UTC(2030, 0, 1 + (number % 2), number % 5)
    const payload = {
      from: new Date(from).toISOString(),
      to: new Date(from + 20 * 86_400_000).toISOString(),
      durationMinutes: 30,
      seats: [{ role: 'lead' }, ...(number % 3 === 0 ? [{ interviewType: 'technical' }] : [])],
      explain: number % 4 === 0,
    }
    const question = { method: 'POST', as: house.admin, payload } as const
    const [answer, expected] = [await ask(t.app, SEARCH, question), await ask(without.app, SEARCH, question)]
    expect(comparable(answer), `searched ${number}`).toEqual(comparable(expected))
    expect(answer.status).toBe(200)
  }

  test('every answer is the one that a program without a cache gives', async () => {
    const address = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat() })
    const look = fc.record({ route: fc.nat(), who: fc.nat(), address, conditional: fc.boolean() })
    const looks = fc.array(look, { minLength: 1, maxLength: 6 })
    const step = fc.record({ looks, name: fc.constantFrom(...CHANGE_NAMES), number: fc.nat(9999) })
    const steps = fc.array(step, { minLength: SHORTEST_RUN, maxLength: LONGEST_RUN })
    const property = fc.asyncProperty(steps, async all => {
      await restock(house)
      for (const { looks, name, number } of all) {
        for (const at of looks) await compare(at)
        await compareSearch(number)
        await change(house, name, number)
        for (const at of looks) await compare(at) // of what was kept, the same is asked again
        await compareSearch(number)
      }
    })
    const numRuns = Number(process.env['CACHE_RUNS'] ?? RUNS[driver.name])
    // What one run leaves behind is what the next begins with: a shorter one would not fail in the same way.
    await fc.assert(property, { seed: SEED, numRuns, endOnFailure: true })
    expect(Math.min(came.hit, came.miss), JSON.stringify(came)).toBeGreaterThan(numRuns * SHORTEST_RUN)
    expect(came.known).toBeGreaterThan(numRuns)
  })
})

interface Look {
  readonly route: number
  readonly address: number
  readonly who: number
  readonly conditional: boolean
}

/** Builds something, and tells of every GET route in it whose answers are kept. */
async function withCachedRoutes<Built>(build: () => Promise<Built>): Promise<readonly [Built, CachedRoute[]]> {
  const found = new Map<string, CachedRoute>()
  const built = await watched(build, app => {
    app.addHook('onRoute', ({ method, url, config }) => {
      if (!config?.cache || ![method].flat().includes('GET')) return
      const plain = url.replace(/\/$/, '')
      found.set(plain, { url: plain, tables: config.cache.tables })
    })
  })
  return [built, [...found.values()]]
}

interface Without {
  readonly app: FastifyInstance
  close(): Promise<void>
}

/** The program on the same database through connections of its own, which keeps no answer and remembers nobody. */
async function withoutMemory({ config: { DATABASE_URL }, config }: TestApp): Promise<Without> {
  const { database } = await openDatabase(DATABASE_URL)
  Object.assign(database, { changesAreExact: false })
  const bare = { ...config, CACHE_MAX_BYTES: 0 }
  const app = await buildApp({ config: bare, database, logger: await createLogger(bare) })
  await app.ready()
  return {
    app,
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}

/** How it came is no part of an answer, nor is the number of the request that a refusal names. */
function comparable({ status, text, type, etag }: Told): Omit<Told, 'cache'> {
  return { status, text: text.replace(/"requestId":"[^"]*"/, ''), type, etag }
}

/** What is read outside transactions while something is asked. */
async function during(db: Database, work: () => Promise<Told>): Promise<{ answer: Told; ran: Statements }> {
  const spies = [vi.spyOn(db, 'one'), vi.spyOn(db, 'many')]
  const answer = await work()
  const ran: Statements = new Map(
    spies.flatMap(({ mock }) => mock.calls.map(([sql, params]) => [sql, params] as const)),
  )
  for (const spy of spies) spy.mockRestore()
  return { answer, ran }
}

interface Step {
  readonly opcode: string
  readonly p2: number
  readonly p3: number
}

/**
 * The tables whose pages a statement opens, be it by an index, as SQLite's own plan says (sqlite.org/opcode.html). In
 * place of `row_counts` and the index of words those they are of: their triggers alone write them.
 */
function tablesOf(plans: Sqlite.Database, sql: string, params: Params | undefined): string[] {
  const steps = plans.prepare<unknown[], Step>(`EXPLAIN ${sql}`).all(...(params ? [params] : []))
  const opened = steps.filter(({ opcode, p3 }) => ['OpenRead', 'ReopenIdx'].includes(opcode) && p3 === 0)
  expect(opened.length, sql).toBeGreaterThan(0)
  const ofPage = plans.prepare<[number], string>('SELECT tbl_name FROM sqlite_master WHERE rootpage = ?').pluck()
  const tables = opened.map(({ p2 }) => ofPage.get(p2) ?? `page ${p2}`)
  const counted = [...sql.matchAll(/row_counts WHERE table_name = '(\w+)'/g)].map(([, table = '']) => table)
  const searched = [...sql.matchAll(/(\w+)_search MATCH/g)].map(([, table = '']) => table)
  const derived = new Map([
    ['row_counts', counted],
    ['search_numbers', searched],
  ])
  return tables.flatMap(table => {
    const of = derived.get(table)
    return of && of.length > 0 ? of : [table]
  })
}

function one<Thing>(things: readonly Thing[], number: number): Thing {
  const thing = things[number % Math.max(things.length, 1)]
  if (thing === undefined) throw new Error('there is none')
  return thing
}
