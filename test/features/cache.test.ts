import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CacheStatistics } from '../../plugins/cache.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { addInterviewer, ask } from '../support/cache.ts'
import { withApiToken } from '../support/tokens.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/cache'
const list = '/api/interviewers'

describe.each(drivers)('the routes of the cache on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let reader: SignedIn
  let script: SignedIn

  beforeAll(async () => {
    t = await testApp({ CACHE_MAX_BYTES: '1000000' }, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent')
    reader = await t.signedIn('interviewer')
    script = await withApiToken(t, admin)
  })
  afterAll(() => t.close())

  const look = async (): Promise<CacheStatistics> => (await t.get(url, admin)).body
  const clear = () => t.delete(url, admin)
  const read = (path = list) => ask(t.app, path, { as: reader })
  const send = (method: 'GET' | 'DELETE' | 'POST', as?: SignedIn) => t.call({ method, url, ...(as && { as }) })

  describe('refuse', () => {
    const cases: [string, () => Promise<Answer>, number, string][] = [
      ['a stranger who looks', () => send('GET'), 401, 'UNAUTHORIZED'],
      ['a stranger who empties it', () => send('DELETE'), 401, 'UNAUTHORIZED'],
      ['talent who looks', () => send('GET', talent), 403, 'FORBIDDEN'],
      ['talent who empties it', () => send('DELETE', talent), 403, 'FORBIDDEN'],
      ['an interviewer who looks', () => send('GET', reader), 403, 'FORBIDDEN'],
      ['an interviewer who empties it', () => send('DELETE', reader), 403, 'FORBIDDEN'],
      ['the API token of an admin who looks', () => send('GET', script), 403, 'FORBIDDEN'],
      ['the API token of an admin who empties it', () => send('DELETE', script), 403, 'FORBIDDEN'],
      ['another method', () => send('POST', admin), 405, 'METHOD_NOT_ALLOWED'],
    ]
    it.each(cases)('%s', async (_what, attempt, status, code) => {
      expect((await attempt()).body).toMatchObject({ statusCode: status, code })
    })

    it('without emptying it', async () => {
      await clear()
      expect((await read()).cache).toBe('miss')
      for (const as of [talent, reader, script]) await send('DELETE', as)
      await send('DELETE')
      expect((await read()).cache).toBe('hit')
    })
  })

  describe('tell', () => {
    beforeEach(clear)

    it('that an empty cache has nothing in it, and what it may take', async () => {
      expect(await look()).toMatchObject({ entries: 0, bytes: 0, maxBytes: 1_000_000 })
    })

    it('how many answers are kept, what they take, and how many came from memory', async () => {
      const before = await look()
      const answer = await read()
      const once = await look()
      expect(once).toMatchObject({ entries: 1, hits: before.hits, misses: before.misses + 1 })
      expect(once.bytes).toBeGreaterThan(Buffer.byteLength(answer.text))
      for (let again = 0; again < 3; again += 1) await read()
      expect(await look()).toEqual({ ...once, hits: once.hits + 3 })
      await read(`${list}?limit=1`)
      const twice = await look()
      expect(twice).toMatchObject({ entries: 2, hits: once.hits + 3, misses: once.misses + 1 })
      expect(twice.bytes).toBeGreaterThan(once.bytes)
      expect(twice.bytes).toBeLessThanOrEqual(twice.maxBytes)
    })

    it('which tables have changed, and no longer count what was read from them', async () => {
      await read()
      await read('/api/usercount')
      const before = await look()
      expect(before.entries).toBe(2)
      await addInterviewer(t, talent)
      const after = await look()
      const { interviewers = -1 } = before.invalidations
      expect(after).toMatchObject({ entries: 1, hits: before.hits, misses: before.misses })
      expect(after.bytes).toBeLessThan(before.bytes)
      expect(after.invalidations).toEqual({ ...before.invalidations, interviewers: interviewers + 1 })
    })

    it('every table that answers are read from, also one that never changed', async () => {
      const { invalidations } = await look()
      expect(Object.keys(invalidations)).toEqual(
        expect.arrayContaining(['event_panel', 'events', 'interviewers', 'portfolio_skills', 'user_stats', 'users']),
      )
      expect(invalidations['portfolio_skills']).toBe(0)
    })
  })

  describe('empty it', () => {
    it('so that the next answer is made anew, and says 204', async () => {
      await read()
      const kept = await read()
      expect(kept.cache).toBe('hit')
      const { hits, misses } = await look()
      expect(await clear()).toMatchObject({ status: 204, body: '' })
      expect(await look()).toMatchObject({ entries: 0, bytes: 0, hits, misses })
      expect(await read()).toEqual({ ...kept, cache: 'miss' })
      expect(await read()).toEqual(kept)
    })

    it('also when there is nothing in it', async () => {
      await clear()
      expect(await clear()).toMatchObject({ status: 204 })
    })
  })
})

describe.each(drivers)('a cache of no bytes on $name', driver => {
  let t: TestApp
  beforeAll(async () => {
    t = await testApp({ CACHE_MAX_BYTES: '0' }, driver)
  })
  afterAll(() => t.close())

  it('keeps nothing, and no answer says how it came', async () => {
    const admin = await t.signedIn('admin')
    const id = await addInterviewer(t, admin)
    for (const url of [list, `${list}/${id}`, '/api/events', '/api/users', '/api/usercount']) {
      const first = await ask(t.app, url, { as: admin })
      expect(first).toMatchObject({ status: 200, cache: undefined })
      expect(await ask(t.app, url, { as: admin })).toEqual(first)
    }
    const { body } = await t.get(url, admin)
    expect(body).toMatchObject({ entries: 0, bytes: 0, maxBytes: 0, hits: 0, misses: 0 })
    expect(await t.delete(url, admin)).toMatchObject({ status: 204 })
  })
})
