import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Allowance } from '../../plugins/realtime/allowance.ts'
import { Line } from '../../plugins/realtime/line.ts'
import { nextTurn, paced } from '../../plugins/turns.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { connect } from '../support/socket.ts'

/** Counts the turns of the loop that others have. */
function turnsOfOthers() {
  let turns = 0
  let next = setImmediate(function count() {
    turns += 1
    next = setImmediate(count)
  })
  return { now: () => turns, end: () => clearImmediate(next) }
}

describe('F01 work that goes page by page', () => {
  it('goes on for one of all who wait in each turn of the loop, in their order', async () => {
    const turns = turnsOfOthers()
    const waited = await Promise.all(['first', 'second', 'third'].map(who => nextTurn().then(() => [turns.now(), who])))
    turns.end()
    expect(new Set(waited.map(([turn]) => turn)).size).toBe(3)
    expect([...waited].sort(([a], [b]) => Number(a) - Number(b)).map(([, who]) => who)).toEqual([
      'first',
      'second',
      'third',
    ])
  })

  it('lets others have their turn between two pages, and ends with whoever asked for it', async () => {
    const turns = turnsOfOthers()
    const left = new AbortController()
    async function* pages() {
      yield* [1, 2, 3]
    }
    const seen: number[] = []
    const reading = (async () => {
      for await (const page of paced(pages(), left.signal)) {
        seen.push(turns.now())
        if (page === 2) left.abort(new Error('has left'))
      }
    })()
    await expect(reading).rejects.toThrow('has left')
    turns.end()
    expect(new Set(seen).size).toBe(2)
  })

  it('stands in line: one piece of each owner at a time, and a few of all', async () => {
    const line = new Line(2)
    const [done, begun]: string[][] = [[], []]
    const ends = new Map<string, () => void>()
    const piece = (name: string, owner: string) =>
      line.run(owner, async () => {
        begun?.push(name)
        await new Promise<void>(resolve => ends.set(name, resolve))
        done?.push(name)
      })
    const all = [piece('a1', 'a'), piece('a2', 'a'), piece('b1', 'b'), piece('c1', 'c')]
    const next = async (name: string, ...expected: string[]) => {
      await eventually(() => expect(begun).toEqual(expected))
      ends.get(name)?.()
    }
    await next('b1', 'a1', 'b1')
    await next('c1', 'a1', 'b1', 'c1')
    await next('a1', 'a1', 'b1', 'c1')
    await next('a2', 'a1', 'b1', 'c1', 'a2')
    await Promise.all(all)
    expect(done).toEqual(['b1', 'c1', 'a1', 'a2'])
  })

  it('goes on in line when a piece fails', async () => {
    const line = new Line(1)
    const failed = line.run('a', () => Promise.reject(new Error('a failure on purpose')))
    await expect(failed).rejects.toThrow('a failure on purpose')
    expect(await line.run('a', async () => 'next')).toBe('next')
  })

  it('is asked for so often at once, and then so often a second', () => {
    const start = performance.now()
    const allowance = new Allowance(3, 2)
    const take = (after: number) => allowance.take(start + after)
    expect([take(1000), take(1000), take(1000), take(1000)]).toEqual([true, true, true, false])
    expect([take(1600), take(1600), take(60_000), take(60_000), take(60_000), take(60_000)]).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
    ])
  })
})

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>(done => (resolve = done))
  return { promise, resolve: () => resolve() }
}

const ROWS = 350
const PAGES = 4
const FILL = `WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${ROWS})
  INSERT INTO audit_logs (actor_name, action, entity_type, entity_id, changes)
  SELECT 'somebody', 'update', 'event', 'event-' || i, '{"panel":{"from":[{"interviewerId":"one"}],"to":[]}}' FROM numbers`

describe.each(drivers)('F01 replays on $name', driver => {
  let t: TestApp
  let reader: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    reader = await t.signedIn('interviewer')
    await t.db.run(FILL)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  afterAll(() => t.close())

  const isPage = (sql: string) => sql.includes('id <= :upTo')
  /** Hears of every read; what `heard` returns is awaited before the read. */
  const reads = (heard: (sql: string, after: unknown) => Promise<void> | void) => {
    const many = t.db.many.bind(t.db)
    vi.spyOn(t.db, 'many').mockImplementation(async (sql, params) => {
      await heard(sql, params?.['after'])
      return many(sql, params)
    })
  }
  const subscribed = async () => {
    const one = await connect(t.app, { token: reader.token })
    one.send({ type: 'SUBSCRIBE_EVENTS', since: 0 })
    return one
  }

  it('ask by page who sees what, and let others have their turn after each page', async () => {
    const turns = turnsOfOthers()
    const pages: number[] = []
    let statements = 0
    reads(sql => {
      if (isPage(sql)) pages.push(turns.now())
      if (/audit_logs|interviewers|event_panel/.test(sql)) statements += 1
    })
    const one = await subscribed()
    await eventually(() => expect(pages).toHaveLength(PAGES))
    turns.end()
    expect(new Set(pages).size).toBe(PAGES)
    expect(statements).toBeLessThan(PAGES * 10)
    one.end()
  })

  it('of one user come one after the other, whatever the number of sockets', async () => {
    const starts: number[] = []
    reads((sql, after) => {
      if (isPage(sql)) starts.push(Number(after))
    })
    const all = await Promise.all([subscribed(), subscribed(), subscribed()])
    await eventually(() => expect(starts).toHaveLength(3 * PAGES))
    const restarts = starts.filter((start, index) => index === 0 || start < (starts[index - 1] ?? 0))
    expect(restarts).toEqual([0, 0, 0])
    for (const one of all) one.end()
  })

  it('hold up no other message of their client, and end when they are taken back', async () => {
    const { promise: gate, resolve: goOn } = deferred()
    let pages = 0
    reads(async sql => {
      if (!isPage(sql)) return
      pages += 1
      await gate
    })
    const one = await subscribed()
    await one.message('SUBSCRIBED')
    one.send({ type: 'PING' })
    await one.message('PONG')
    one.send({ type: 'UNSUBSCRIBE_EVENTS' })
    await one.message('UNSUBSCRIBED')
    goOn()
    one.send({ type: 'SUBSCRIBE_TASKS', since: 0 }) // stands behind it in line
    await eventually(() => expect(pages).toBe(2))
    one.end()
  })

  it('are not asked for without end: who sends too many messages is closed with 1008', async () => {
    const one = await connect(t.app, { token: reader.token })
    await one.subscribe('EVENTS')
    const deeds = ['UNSUBSCRIBE_EVENTS', 'SUBSCRIBE_EVENTS']
    for (let n = 0; n < 9_200 && one.socket.readyState === one.socket.OPEN; n += 1) {
      one.socket.send(JSON.stringify({ type: deeds[n % 2] }))
      if (n % 50 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    expect(await one.closed).toBe(1008)
  })
})
