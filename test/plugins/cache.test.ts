import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextLoop } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { DatabaseError, type Database } from '../../db/database.ts'
import { unknown } from '../support/answers.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { addEvent, addInterviewer, addRefreshToken, ask } from '../support/cache.ts'
import { withApiToken } from '../support/tokens.ts'
import { drivers } from '../support/databases.ts'
import { insertUser } from '../support/rows.ts'

const list = '/api/interviewers'
const HOUR_MS = 3_600_000
/** How many ask at the same time. */
const CROWD = 25

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe.each(drivers)('the cache on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let reader: SignedIn
  let ada: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent')
    reader = await t.signedIn('interviewer')
    ada = await addInterviewer(t, admin)
  })
  afterAll(() => t.close())
  beforeEach(() => t.app.cache.clear())

  const read = (url: string, as = reader, headers = {}) => ask(t.app, url, { as, headers })
  const parsed = async (url: string, as = reader) => JSON.parse((await read(url, as)).text)
  const rename = async (name: string, id = ada) => {
    const answer = await t.put(`${list}/${id}`, { name }, admin)
    expect(answer.status).toBe(200)
  }
  const crowd = (url: string, as: readonly SignedIn[] = [admin, talent, reader]) =>
    Array.from({ length: CROWD }, (_, index) => ask(t.app, url, { as: as[index % as.length] ?? reader }))

  describe('an answer', () => {
    it('is made once and then given from memory, the same to the byte, with its type and its tag', async () => {
      for (const url of [list, `${list}/${ada}`, '/api/usercount', '/api/events', `${list}/${ada}/portfolio`]) {
        const first = await read(url)
        expect(first).toMatchObject({ status: 200, cache: 'miss', type: 'application/json; charset=utf-8' })
        expect(await read(url)).toEqual({ ...first, cache: 'hit' })
        expect(await read(url)).toEqual({ ...first, cache: 'hit' })
      }
      expect((await read(`${list}/${ada}`)).etag).toMatch(/^"\d+"$/)
    })

    it('from memory has every other header that one made anew has', async () => {
      const headersOf = async () => {
        const { headers } = await t.get(`${list}/${ada}`, reader)
        return Object.keys(headers)
          .filter(name => name !== 'x-cache')
          .sort()
      }
      expect(await headersOf()).toEqual(await headersOf())
    })

    it('from memory is 304 without a body for who has it already, and whole for who has another', async () => {
      const { etag, text } = await read(`${list}/${ada}`)
      for (const known of [String(etag), `W/${String(etag)}`, `"0", ${String(etag)}`, '*']) {
        const answer = await read(`${list}/${ada}`, reader, { 'if-none-match': known })
        expect(answer).toMatchObject({ status: 304, text: '', etag, cache: 'hit' })
      }
      const other = await read(`${list}/${ada}`, reader, { 'if-none-match': '"0"' })
      expect(other).toMatchObject({ status: 200, text, etag, cache: 'hit' })
    })

    it('of 304 is not what the next one gets who asks for all of it', async () => {
      const { etag, text } = await read(`${list}/${ada}`)
      t.app.cache.clear()
      const known = { 'if-none-match': String(etag) }
      expect(await read(`${list}/${ada}`, reader, known)).toMatchObject({ status: 304, text: '' })
      expect(await read(`${list}/${ada}`)).toMatchObject({ status: 200, text, etag, cache: 'miss' })
      expect(await read(`${list}/${ada}`, reader, known)).toMatchObject({ status: 304, text: '', cache: 'hit' })
    })

    it('is another for every query', async () => {
      await addInterviewer(t, admin, { name: 'Bob' })
      const bob = await read(`${list}?q=bob`)
      expect(JSON.parse(bob.text).data).toMatchObject([{ name: 'Bob' }])
      expect(await read(`${list}?q=ada`)).toMatchObject({ cache: 'miss' })
      expect(await read(`${list}?q=bob`)).toEqual({ ...bob, cache: 'hit' })
    })

    it('is shared by those who see the same, and by nobody else', async () => {
      const own = await addInterviewer(t, admin, { userId: reader.id })
      const other = await t.signedIn('interviewer')
      const event = await addEvent(t, admin, own)
      expect(await read(list, admin)).toMatchObject({ cache: 'miss' })
      expect(await read(list, other)).toMatchObject({ cache: 'hit' })

      const seen = await read(`/api/events/${event}`, admin)
      expect(await read(`/api/events/${event}`, talent)).toEqual({ ...seen, cache: 'hit' })
      expect(await read(`/api/events/${event}`, other)).toMatchObject({ status: 404 })
      expect(await read(`/api/events/${event}`, reader)).toEqual({ ...seen, cache: 'miss' })

      const account = await read(`/api/users/${reader.id}`, admin)
      expect(await read(`/api/users/${reader.id}`, talent)).toMatchObject({ status: 404 })
      expect(await read(`/api/users/${reader.id}`, reader)).toEqual({ ...account, cache: 'miss' })
    })
  })

  describe('keeps no answer', () => {
    it('to HEAD, nor answers HEAD with a body', async () => {
      const head = await ask(t.app, `${list}/${ada}`, { method: 'HEAD', as: reader })
      expect(head).toMatchObject({ status: 200, text: '' })
      const full = await read(`${list}/${ada}`)
      expect(full).toMatchObject({ cache: 'miss', etag: head.etag, type: head.type })
      expect(full.text).not.toBe('')
      expect(await ask(t.app, `${list}/${ada}`, { method: 'HEAD', as: reader })).toEqual(head)
      expect(await read(`${list}/${ada}`)).toEqual({ ...full, cache: 'hit' })
    })

    const refusals: [number, string, () => SignedIn | undefined][] = [
      [404, `${list}/${unknown}`, () => reader],
      [404, `/api/sessions/token/${'x'.repeat(43)}`, () => admin],
      [400, `${list}?limit=0`, () => reader],
      [400, `${list}?cursor=x`, () => reader],
      [401, list, () => undefined],
      [403, '/api/users', () => talent],
    ]
    it.each(refusals)('of %i: %s', async (status, url, who) => {
      const as = who()
      for (let again = 0; again < 3; again += 1) {
        const answer = await ask(t.app, url, { ...(as && { as }) })
        expect(answer.status).toBe(status)
        expect(answer.cache).not.toBe('hit')
      }
      expect(t.app.cache.statistics()).toMatchObject({ entries: 0, bytes: 0 })
    })

    it('for those who may not have it, when somebody else’s is kept', async () => {
      for (const url of ['/api/users', list]) {
        await read(url, admin)
        expect(await read(url, admin)).toMatchObject({ status: 200, cache: 'hit' })
        expect(await ask(t.app, url, {})).toMatchObject({ status: 401, cache: undefined })
      }
      expect(await read('/api/users', talent)).toMatchObject({ status: 403, cache: undefined })
      const scoped = await t.post('/api/tokens', { name: 'Tasks', scopes: ['tasks:read'] }, admin)
      const headers = { authorization: `Bearer ${scoped.body.secret}` }
      expect(await ask(t.app, list, { headers })).toMatchObject({ status: 403, cache: undefined })
    })
  })

  describe('an own write is in the very next answer', () => {
    /** Asks until it comes from memory. */
    const warm = async (...urls: string[]) => {
      for (const url of urls) {
        await read(url, admin)
        expect(await read(url, admin), url).toMatchObject({ status: 200, cache: 'hit' })
      }
    }

    it('when something is made, changed and removed', async () => {
      await warm(list)
      const total: number = (await parsed(list, admin)).pagination.total
      const id = await addInterviewer(t, admin, { name: 'Carol' })
      expect((await parsed(list, admin)).pagination.total).toBe(total + 1)
      await warm(list, `${list}/${id}`)
      await rename('Caroline', id)
      expect(await read(`${list}/${id}`, admin)).toMatchObject({ etag: '"2"', cache: 'miss' })
      expect((await read(list, admin)).text).toContain('Caroline')
      await warm(list, `${list}/${id}`)
      expect(await t.delete(`${list}/${id}`, admin)).toMatchObject({ status: 204 })
      expect(await read(`${list}/${id}`, admin)).toMatchObject({ status: 404 })
      expect((await read(list, admin)).text).not.toContain('Caroline')
    })

    it('when an interviewer is renamed who sits in an interview', async () => {
      const event = await addEvent(t, admin, ada)
      const urls = ['/api/events', `/api/events/${event}`, `${list}/${ada}/events`]
      await warm(...urls)
      await rename('Augusta King')
      for (const url of urls) expect((await read(url, admin)).text, url).toContain('Augusta King')
    })

    it('when a user is added to those that are counted and listed', async () => {
      await warm('/api/usercount', '/api/users')
      const totalUsers: number = (await parsed('/api/usercount', admin)).totalUsers
      await insertUser(t.db, `user-${totalUsers}`)
      expect(await parsed('/api/usercount', admin)).toMatchObject({ totalUsers: totalUsers + 1 })
      expect((await parsed('/api/users', admin)).pagination.total).toBe(totalUsers + 1)
    })

    it('when a portfolio gets its first entry, and when its interviewer goes', async () => {
      const id = await addInterviewer(t, admin)
      const urls = ['/api/portfolio/skills', `${list}/${id}/portfolio`]
      await warm(...urls)
      const payload = { interviewerId: id, name: 'Difference engines' }
      await t.post('/api/portfolio/skills', payload, admin)
      for (const url of urls) expect((await read(url, admin)).text, url).toContain('Difference engines')
      await warm(...urls)
      await t.delete(`${list}/${id}`, admin)
      expect(await read(`${list}/${id}/portfolio`, admin)).toMatchObject({ status: 404 })
      expect((await read('/api/portfolio/skills', admin)).text).not.toContain('Difference engines')
    })

    it('when an account is given to an interviewer, who then sees what they sit in', async () => {
      const person = await t.signedIn('interviewer')
      const id = await addInterviewer(t, admin)
      await addEvent(t, admin, id)
      expect((await parsed('/api/events', person)).data).toEqual([])
      expect(await read('/api/events', person)).toMatchObject({ cache: 'hit' })
      await t.put(`${list}/${id}`, { userId: person.id }, admin)
      expect((await parsed('/api/events', person)).data).toHaveLength(1)
      await t.put(`${list}/${id}`, { userId: null }, admin)
      expect((await parsed('/api/events', person)).data).toEqual([])
    })

    it('when a role is taken away, or an account is disabled', async () => {
      const person = await t.signedIn('admin')
      await read('/api/users', person)
      expect(await read('/api/users', person)).toMatchObject({ status: 200, cache: 'hit' })
      const change = (payload: object) => t.put(`/api/users/${person.id}`, payload, admin)
      await change({ role: 'talent' })
      expect(await read('/api/users', person)).toMatchObject({ status: 403 })
      expect(await read(list, person)).toMatchObject({ status: 200 })
      await change({ status: 'disabled' })
      expect(await read(list, person)).toMatchObject({ status: 401 })
    })
  })

  describe('many who ask at once', () => {
    it('have it made once for all of them', async () => {
      const held = hold(t.db, 'many', 'FROM interviewers')
      const answers = crowd(list)
      await held.reached
      await severalLoops()
      held.release()
      const told = await Promise.all(answers)
      expect(held.calls()).toBe(1)
      expect(told.filter(({ cache }) => cache === 'miss')).toHaveLength(1)
      expect(told.filter(({ cache }) => cache === 'hit')).toHaveLength(CROWD - 1)
      expect(new Set(told.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
      expect(told[0]).toMatchObject({ status: 200, text: expect.stringContaining(ada) })
    })

    it('get 304 each for themselves', async () => {
      const { etag, text } = await read(`${list}/${ada}`)
      t.app.cache.clear()
      const held = hold(t.db, 'one', 'FROM interviewers')
      const ways = Array.from({ length: CROWD }, (_, index) =>
        index % 2 === 0 ? {} : { 'if-none-match': String(etag) },
      )
      const answers = ways.map(headers => read(`${list}/${ada}`, reader, headers))
      await held.reached
      await severalLoops()
      held.release()
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const expected = index % 2 === 0 ? { status: 200, text } : { status: 304, text: '' }
        expect(answer).toMatchObject({ ...expected, etag })
      }
    })

    it('get each their own where they do not see the same', async () => {
      const people = await Promise.all(['Una', 'Vera', 'Wanda'].map(name => t.signedIn('interviewer', name)))
      const titles = new Map<string, string>()
      for (const person of people) {
        const id = await addInterviewer(t, admin, { userId: person.id })
        titles.set(person.id, await addEvent(t, admin, id))
      }
      const asked = Array.from({ length: CROWD }, (_, index) => people[index % people.length] ?? reader)
      const answers = await Promise.all(asked.map(as => read('/api/events', as)))
      for (const [index, { text }] of answers.entries()) {
        expect(JSON.parse(text).data).toMatchObject([{ id: titles.get(asked[index]?.id ?? '') }])
      }
    })

    it('get an answer each when the one that was made for all has failed', async () => {
      const held = hold(t.db, 'many', 'FROM interviewers', new DatabaseError('read', new Error('no'), true))
      const answers = crowd(list)
      await held.reached
      await severalLoops()
      held.release()
      const told = await Promise.all(answers)
      expect(told.filter(({ status }) => status === 503)).toHaveLength(1)
      const right = told.filter(({ status }) => status === 200)
      expect(right).toHaveLength(CROWD - 1)
      expect(new Set(right.map(({ text }) => text)).size).toBe(1)
      expect(await read(list)).toMatchObject({ status: 200, text: right[0]?.text })
    })

    it('get an answer when the one it was made for has hung up', async () => {
      await t.app.listen({ port: 0, host: '127.0.0.1' })
      const { port } = t.app.server.address() as AddressInfo
      const held = hold(t.db, 'many', 'FROM interviewers')
      const first = request({ port, host: '127.0.0.1', path: list, headers: reader.headers })
      first.on('error', () => undefined).end()
      const gone = new Promise(resolve => first.once('close', resolve))
      await held.reached
      const others = crowd(list)
      await severalLoops()
      first.destroy()
      await gone
      held.release()
      for (const answer of await Promise.all(others)) expect(answer).toMatchObject({ status: 200 })
    })
  })

  describe('nobody waits for ever', () => {
    it('F02 for an answer that is not made: after ten seconds each makes their own', async () => {
      const waits = vi.spyOn(globalThis, 'setTimeout')
      const held = hold(t.db, 'many', 'FROM interviewers')
      const first = read(list)
      await held.reached
      const [late] = waits.mock.calls.find(([work, delay]) => delay === 10_000 && String(work).includes('land')) ?? []
      waits.mockRestore()
      const others = crowd(list)
      await severalLoops()
      expect(held.calls()).toBe(1)
      late?.()
      for (const { status } of await Promise.all(others)) expect(status).toBe(200)
      held.release()
      expect(await first).toMatchObject({ status: 200, cache: 'miss' })
      expect(await read(list)).toMatchObject({ status: 200, cache: 'hit' })
    })

    it('F02 for one who has left: the next in line makes it for the others', async () => {
      if (!t.app.server.listening) await t.app.listen({ port: 0, host: '127.0.0.1' })
      const { port } = t.app.server.address() as AddressInfo
      const held = hold(t.db, 'many', 'FROM interviewers')
      const first = request({ port, host: '127.0.0.1', path: list, headers: reader.headers })
      first.on('error', () => undefined).end()
      await held.reached
      const others = crowd(list)
      await severalLoops()
      first.destroy()
      const told = await Promise.all(others)
      expect(told.filter(({ status, cache }) => status === 200 && cache === 'miss')).toHaveLength(1)
      expect(told.filter(({ status, cache }) => status === 200 && cache === 'hit')).toHaveLength(CROWD - 1)
      expect(held.calls()).toBe(2)
      held.release()
    })
  })

  describe('an answer whose table changes while it is made', () => {
    it('is sent to who asked before, and to nobody who asks after', async () => {
      await rename('Before')
      const held = hold(t.db, 'one', 'FROM interviewers')
      const early = read(`${list}/${ada}`)
      await held.reached
      await rename('After')
      const late = await read(`${list}/${ada}`)
      expect(late).toMatchObject({ status: 200, text: expect.stringContaining('After'), cache: 'miss' })
      held.release()
      expect(await early).toMatchObject({ status: 200, text: expect.stringContaining('Before') })
      expect((await read(`${list}/${ada}`)).text).toBe(late.text)
    })

    it('is not kept when nobody else has asked meanwhile', async () => {
      await rename('Before')
      const held = hold(t.db, 'one', 'FROM interviewers')
      const early = read(`${list}/${ada}`)
      await held.reached
      await rename('After')
      held.release()
      expect((await early).text).toContain('Before')
      const next = await read(`${list}/${ada}`)
      expect(next).toMatchObject({ text: expect.stringContaining('After'), cache: 'miss' })
      expect(await read(`${list}/${ada}`)).toEqual({ ...next, cache: 'hit' })
    })

    it('leaves those who asked before the write with one of both, and nobody waits for ever', async () => {
      await rename('Before')
      const held = hold(t.db, 'one', 'FROM interviewers')
      const early = crowd(`${list}/${ada}`)
      await held.reached
      await severalLoops()
      await rename('After')
      const late = crowd(`${list}/${ada}`)
      await severalLoops()
      held.release()
      for (const { text } of await Promise.all(late)) expect(text).toContain('After')
      for (const { status, text } of await Promise.all(early))
        expect([status, /Before|After/.test(text)]).toEqual([200, true])
      expect((await read(`${list}/${ada}`)).text).toContain('After')
    })
  })

  describe('a session that was looked up by its refresh token', () => {
    const kept = async (as = admin) => {
      const owner = await t.signedIn('interviewer')
      const token = await addRefreshToken(t.db, owner)
      const url = `/api/sessions/token/${token}`
      expect(await read(url, as)).toMatchObject({ status: 200, cache: 'miss' })
      expect(await read(url, as)).toMatchObject({ status: 200, cache: 'hit' })
      return { owner, token, url }
    }

    it('is there no longer when it has expired', async () => {
      const { owner, url } = await kept()
      const expiresAt = Date.now() + 60_000
      await t.db.run('UPDATE sessions SET expires_at = :at WHERE id = :id', {
        at: new Date(expiresAt).toISOString(),
        id: owner.sessionId,
      })
      expect(await read(url, admin)).toMatchObject({ status: 200, cache: 'miss' })
      vi.useFakeTimers({ toFake: ['Date'], now: expiresAt - 1_000 })
      expect(await read(url, admin)).toMatchObject({ status: 200, cache: 'hit' })
      vi.setSystemTime(expiresAt)
      expect(await read(url, admin)).toMatchObject({ status: 404 })
      vi.setSystemTime(expiresAt + 1)
      expect(await read(url, admin)).toMatchObject({ status: 404 })
    })

    it('is there no longer when the token was used', async () => {
      const { token, url } = await kept()
      const used = await t.post('/api/auth/refresh', { refreshToken: token })
      expect(used.status).toBe(200)
      expect(await read(url, admin)).toMatchObject({ status: 404 })
      expect(await read(`/api/sessions/token/${used.body.refreshToken}`, admin)).toMatchObject({ status: 200 })
    })

    it('is there no longer when it was ended', async () => {
      const { owner, url } = await kept()
      await t.delete(`/api/sessions/${owner.sessionId}`, admin)
      expect(await read(url, admin)).toMatchObject({ status: 404 })
      expect(await read(url, owner)).toMatchObject({ status: 401 })
    })

    it('is nobody else’s, however often its owner and an admin have asked', async () => {
      const { owner, url } = await kept()
      expect(await read(url, owner)).toMatchObject({ status: 200 })
      expect(await read(url, talent)).toMatchObject({ status: 404 })
      expect(await read(url, reader)).toMatchObject({ status: 404 })
    })
  })

  describe('time', () => {
    it('ends an answer after six hours, though nothing has changed and whatever the clock of the wall says', async () => {
      const script = await withApiToken(t, reader)
      const clock = vi.spyOn(performance, 'now')
      const started = performance.now()
      const at = (milliseconds: number) => clock.mockReturnValue(started + milliseconds)
      at(0)
      const first = await read(list, script)
      expect(first).toMatchObject({ cache: 'miss' })
      at(6 * HOUR_MS - 1)
      expect(await read(list, script)).toEqual({ ...first, cache: 'hit' })
      at(6 * HOUR_MS)
      expect(t.app.cache.statistics()).toMatchObject({ entries: 0, bytes: 0 })
      expect(await read(list, script)).toEqual({ ...first, cache: 'miss' })
      at(7 * HOUR_MS)
      expect(await read(list, script)).toEqual({ ...first, cache: 'hit' })
      clock.mockRestore()
    })
  })
})

describe('the bound of the cache', () => {
  const MAX_BYTES = 20_000
  let t: TestApp
  let admin: SignedIn
  const urls: string[] = []

  beforeAll(async () => {
    t = await testApp({ CACHE_MAX_BYTES: String(MAX_BYTES) })
    admin = await t.signedIn('admin')
    for (let index = 0; index < 60; index += 1) urls.push(`${list}/${await addInterviewer(t, admin)}`)
  })
  afterAll(() => t.close())
  beforeEach(() => t.app.cache.clear())

  const read = (url = '') => ask(t.app, url, { as: admin })

  it('holds, however many answers there are', async () => {
    for (const url of urls) {
      expect(await read(url)).toMatchObject({ status: 200, cache: 'miss' })
      const { bytes, maxBytes } = t.app.cache.statistics()
      expect(maxBytes).toBe(MAX_BYTES)
      expect(bytes).toBeLessThanOrEqual(maxBytes)
    }
    const { entries, bytes } = t.app.cache.statistics()
    expect(entries).toBeGreaterThan(5)
    expect(entries).toBeLessThan(urls.length)
    expect(bytes).toBeGreaterThan(MAX_BYTES / 2)
  })

  it('lets the least recently used go first', async () => {
    const [popular, forgotten, ...others] = urls
    await read(popular)
    await read(forgotten)
    for (const url of others) {
      await read(url)
      expect(await read(popular)).toMatchObject({ cache: 'hit' })
    }
    expect(await read(others.at(-1))).toMatchObject({ cache: 'hit' })
    expect(await read(forgotten)).toMatchObject({ cache: 'miss' })
  })

  it('keeps no answer of more than an eighth of it, and lets none go for one', async () => {
    await read(urls[0])
    for (let again = 0; again < 3; again += 1) {
      const large = await read(`${list}?limit=20`)
      expect(Buffer.byteLength(large.text)).toBeGreaterThan(MAX_BYTES / 8)
      expect(large).toMatchObject({ status: 200, cache: 'miss' })
    }
    expect(await read(urls[0])).toMatchObject({ cache: 'hit' })
    expect(t.app.cache.statistics().entries).toBe(1)
  })

  it('counts bytes, of which some letters take several', async () => {
    const skills = Array.from({ length: 12 }, (_, index) => `${index} ${'🧭'.repeat(28)}`)
    const id = await addInterviewer(t, admin, { skills })
    const { text } = await read(`${list}/${id}`)
    const { entries, bytes } = t.app.cache.statistics()
    expect(entries).toBe(1)
    expect(bytes).toBeGreaterThan(Buffer.byteLength(text))
  })
})

describe.each(drivers)('a cache that fails on $name', driver => {
  const url = `${list}?q=confidential`
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let right: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent')
    await addInterviewer(t, admin, { name: 'Confidential' })
    right = (await ask(t.app, url, { as: admin })).text
  })
  afterAll(() => t.close())
  beforeEach(() => {
    t.app.cache.clear()
    t.log.length = 0
  })

  const many = () =>
    Promise.all(Array.from({ length: CROWD }, (_, index) => ask(t.app, url, { as: index % 2 === 0 ? admin : talent })))
  const warnings = () => t.log.filter(line => /"level":"(?:warn|error)"/.test(line))
  /** What the log tells of a failure says nothing of who asked for what. */
  const expectDiscreet = () => {
    expect(warnings()).not.toEqual([])
    for (const line of t.log) {
      expect(line).not.toContain('confidential')
      expect(line).not.toContain(admin.token)
    }
  }

  /** Has it throw wherever it is a memory of answers, which are measured and not counted: the database counts statements. */
  function breakMemory(method: 'get' | 'set' | 'has' | 'peek' | 'delete') {
    const working: unknown = Reflect.get(LRUCache.prototype, method)
    return vi.spyOn(LRUCache.prototype, method).mockImplementation(function (this: unknown, ...given: unknown[]) {
      const measured = this instanceof LRUCache && this.max === 0
      if (measured || typeof working !== 'function') throw new Error('the memory is broken')
      return Reflect.apply(working, this, given)
    })
  }

  it.each(['get', 'set', 'has', 'peek', 'delete'] as const)(
    'answers rightly from the database while %s of its memory throws',
    async method => {
      const broken = breakMemory(method)
      for (let round = 0; round < 3; round += 1) {
        for (const answer of await many()) expect(answer).toMatchObject({ status: 200, text: right })
      }
      expect(await ask(t.app, list, {})).toMatchObject({ status: 401 })
      expect(await ask(t.app, `${list}/${unknown}`, { as: admin })).toMatchObject({ status: 404 })
      await addInterviewer(t, admin, { name: `Somebody ${method}` })
      expect((await ask(t.app, `${list}?limit=100`, { as: admin })).text).toContain(`Somebody ${method}`)
      if (broken.mock.results.some(({ type }) => type === 'throw')) expectDiscreet()
      broken.mockRestore()
      for (const answer of await many()) expect(answer).toMatchObject({ status: 200, text: right })
      expect(await ask(t.app, url, { as: admin })).toMatchObject({ text: right, cache: 'hit' })
    },
  )

  it.each(['get', 'set'] as const)('says so in the log when %s of its memory throws', async method => {
    breakMemory(method)
    await ask(t.app, url, { as: admin })
    expect(warnings()).not.toEqual([])
    expectDiscreet()
  })

  /** Of every look at what has changed, whichever it is that fails. */
  const looks = [1, 2, 3, 4, 5, 10, 20]

  it.each(looks)('refuses at most whom the database failed when it fails at look %i after changes', async which => {
    let look = 0
    const { changedTables } = t.db
    const failing = vi.spyOn(t.db, 'changedTables').mockImplementation(function (this: Database) {
      look += 1
      if (look === which) throw new DatabaseError('read', new Error('disk I/O error'), true)
      return changedTables.call(t.db)
    })
    const answers = [...(await many()), ...(await many())]
    expect(look).toBeGreaterThanOrEqual(which)
    for (const { status, text } of answers) {
      if (status === 503) expect(JSON.parse(text)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
      else expect({ status, text }).toEqual({ status: 200, text: right })
    }
    expect(answers.filter(({ status }) => status === 503).length).toBeLessThanOrEqual(1)
    expectDiscreet()
    failing.mockRestore()
    for (const answer of await many()) expect(answer).toMatchObject({ status: 200, text: right })
    expect(await ask(t.app, url, { as: admin })).toMatchObject({ cache: 'hit' })
  })

  it('shows a change that was made while looks at what has changed failed', async () => {
    const id = await addInterviewer(t, admin, { name: 'Hidden' })
    const one = `${list}/${id}`
    await ask(t.app, one, { as: admin })
    expect(await ask(t.app, one, { as: admin })).toMatchObject({ cache: 'hit' })
    const failing = vi.spyOn(t.app.changes, 'refresh').mockImplementation(() => {
      throw new DatabaseError('read', new Error('disk I/O error'), true)
    })
    await t.db.run('UPDATE interviewers SET name = :name WHERE id = :id', { name: 'Shown', id })
    for (let again = 0; again < 3; again += 1) {
      const { status, text } = await ask(t.app, one, { as: admin })
      expect(status === 503 || text.includes('Shown')).toBe(true)
    }
    failing.mockRestore()
    expect((await ask(t.app, one, { as: admin })).text).toContain('Shown')
    expect(await ask(t.app, one, { as: admin })).toMatchObject({ status: 200, cache: 'hit' })
  })
})

/** Lets everything go on that waits for nothing from outside. */
async function severalLoops(): Promise<void> {
  for (let loop = 0; loop < 20; loop += 1) await nextLoop()
}

/** Keeps the first such read from going on after it was read, or fails it; `calls` counts all of them. */
function hold(db: Database, method: 'one' | 'many', fragment: string, failure?: Error) {
  let calls = 0
  let release: () => void = () => undefined
  let reach: () => void = () => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  const reached = new Promise<void>(resolve => (reach = resolve))
  const real = db[method].bind(db) as (sql: string, params?: never) => Promise<never>
  vi.spyOn(db, method).mockImplementation(async (sql, params) => {
    const rows = await real(sql, params as never)
    if (!sql.includes(fragment)) return rows
    calls += 1
    if (calls > 1) return rows
    reach()
    await released
    if (failure) throw failure
    return rows
  })
  return { reached, release: () => release(), calls: () => calls }
}
