import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { openDatabase } from '../../db/open.ts'
import { tasksService } from '../../features/tasks/service.ts'
import { commandLine } from '../../plugins/actor.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import { idempotency } from '../../plugins/idempotency.ts'
import { refusal } from '../support/answers.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers, sqlite } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { insertInterviewer } from '../support/rows.ts'
import { addressOf, connect, testSocket, type Received, type TestSocket } from '../support/socket.ts'

describe.each(drivers)('realtime on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let maker: SignedIn
  let other: SignedIn

  beforeAll(async () => {
    t = await testApp({ ALLOWED_ORIGINS: 'https://hr.example' }, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent')
    maker = await t.signedIn('interviewer')
    other = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  const as = ({ token }: SignedIn, options: ClientOptions = {}) => connect(t.app, { token, ...options })
  const ping = (one: TestSocket) => {
    one.send({ type: 'PING' })
    return one.message('PONG')
  }
  const task = async (more: object = {}, by = talent) =>
    (await t.post('/api/tasks', { title: 'Write feedback', ...more }, by)).body
  const change = async (id: string, payload: object, by = talent) => (await t.put(`/api/tasks/${id}`, payload, by)).body
  const lastId = async () => (await t.db.one<{ id: number }>('SELECT max(id) AS id FROM audit_logs'))?.id ?? 0

  describe('lets in', () => {
    it('whoever sends an access token in the address, the header or the first message', async () => {
      const header = await connect(t.app, { headers: talent.headers })
      const message = await connect(t.app)
      message.send({ type: 'AUTH', token: talent.token })
      for (const one of [await as(talent), header, message]) {
        expect(await ping(one)).toEqual({ type: 'PONG', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) })
        one.end()
      }
    })

    it('an API token, to what its scopes let it read', async () => {
      const payload = { name: 'Board', scopes: ['tasks:read'] }
      const { body } = await t.post('/api/tokens', payload, talent)
      const one = await connect(t.app, { token: body.secret })
      await one.subscribe('TASKS')
      one.send({ type: 'SUBSCRIBE_EVENTS' })
      expect(await one.message('ERROR')).toMatchObject({ code: 'FORBIDDEN' })
      const { id } = await task()
      expect((await one.news(1))[0]).toMatchObject({ type: 'TASK_CREATED', entityId: id })
      await t.delete(`/api/tokens/${body.id}`, talent)
      expect(await one.closed).toBe(4401)
    })

    it.each([
      ['no origin', {}],
      ['a listed origin', { origin: 'https://hr.example' }],
    ])('from %s', async (_what, options) => {
      const one = await as(talent, options)
      await ping(one)
      one.end()
    })

    it('a page of its own', async () => {
      const { host } = new URL(await addressOf(t.app))
      const one = await as(talent, { origin: `http://${host}` })
      await ping(one)
      one.end()
    })

    it('nobody from another origin: 403 before there is a socket', async () => {
      const address = `${await addressOf(t.app)}?token=${talent.token}`
      const socket = new WebSocket(address, { origin: 'https://evil.example' })
      const [, response] = await once(socket, 'unexpected-response')
      expect(response.statusCode).toBe(403)
      socket.on('error', () => undefined)
      socket.terminate()
    })

    it('no plain request: 426', async () => {
      const answer = await t.get('/ws/updates', talent)
      expect(answer).toMatchObject({ ...refusal(426, 'UPGRADE_REQUIRED'), headers: { upgrade: 'websocket' } })
    })

    it('nobody more than ten times', async () => {
      const many = await t.signedIn('talent')
      const ten = await Promise.all(Array.from({ length: 10 }, () => as(many)))
      for (const one of ten) {
        await ping(one)
      }
      expect(await (await as(many)).closed).toBe(1008)
      ten[0]?.end()
      await eventually(() => expect(t.app.realtime.connections).toBe(9))
      const again = await as(many)
      await ping(again)
      for (const one of [...ten, again]) one.end()
    })
  })

  describe('closes with 4401', () => {
    const open = async (user: SignedIn) => {
      const one = await as(user)
      await one.subscribe('TASKS')
      return one
    }

    it.each(['nonsense', `pnl_${'x'.repeat(43)}`])('the token %s', async token => {
      expect(await (await connect(t.app, { token })).closed).toBe(4401)
      const one = await connect(t.app)
      one.send({ type: 'AUTH', token })
      expect(await one.closed).toBe(4401)
    })

    it('whoever asks before saying who it is', async () => {
      const one = await connect(t.app)
      one.send({ type: 'SUBSCRIBE_TASKS' })
      expect(await one.closed).toBe(4401)
      expect(one.received).toEqual([])
    })

    it('who signs out', async () => {
      const user = await t.signedIn('talent')
      const one = await open(user)
      await t.post('/api/auth/logout', undefined, user)
      expect(await one.closed).toBe(4401)
    })

    it('who is disabled, by whichever program, and sends nothing that came after', async () => {
      const user = await t.signedIn('talent')
      const one = await open(user)
      const { database } = await openDatabase(t.config.DATABASE_URL)
      await database.run(`UPDATE users SET status = 'disabled' WHERE id = :id`, { id: user.id })
      await database.close()
      expect(await one.closed).toBe(4401)
      expect(one.received.filter(({ type }) => type !== 'SUBSCRIBED')).toEqual([])
    })

    it('who becomes somebody else', async () => {
      const one = await open(talent)
      one.send({ type: 'AUTH', token: maker.token })
      expect(await one.closed).toBe(4401)
    })

    it('a token that expires', async () => {
      const expiresAt = Date.now() + 3_600_000
      const payload = { name: 'Short', scopes: ['tasks:read'], expiresAt: new Date(expiresAt).toISOString() }
      const { body } = await t.post('/api/tokens', payload, talent)
      const one = await connect(t.app, { token: body.secret })
      await one.subscribe('TASKS')
      vi.useFakeTimers({ toFake: ['Date'], now: expiresAt })
      expect(await one.closed).toBe(4401)
      vi.useRealTimers()
    })

    it('but not who sends a fresh token in time', async () => {
      const one = await open(talent)
      one.send({ type: 'AUTH', token: t.app.accessToken(talent, talent.sessionId) })
      await ping(one)
      one.end()
    })
  })

  describe('answers', () => {
    it.each([
      ['no JSON', 'hello', 'BAD_MESSAGE'],
      ['JSON that is no object', '[1]', 'BAD_MESSAGE'],
      ['null', 'null', 'BAD_MESSAGE'],
      ['an unknown type', { type: 'HELLO' }, 'UNKNOWN_TYPE'],
      ['an unknown topic', { type: 'SUBSCRIBE_USERS' }, 'UNKNOWN_TOPIC'],
      ['since as text', { type: 'SUBSCRIBE_TASKS', since: '5' }, 'INVALID_SINCE'],
      ['a negative since', { type: 'SUBSCRIBE_TASKS', since: -1 }, 'INVALID_SINCE'],
      ['since of the future', { type: 'SUBSCRIBE_TASKS', since: 1e12 }, 'INVALID_SINCE'],
      ['AUTH without a token', { type: 'AUTH' }, 'BAD_MESSAGE'],
    ])('%s with an error', async (_what, message, code) => {
      const one = await as(talent)
      one.send(message)
      expect(await one.message('ERROR')).toEqual({ type: 'ERROR', code, message: expect.any(String) })
      await ping(one)
      one.end()
    })

    it('ten bad messages with the end', async () => {
      const one = await as(talent)
      for (let n = 0; n < 10; n += 1) one.send('rubbish')
      expect(await one.closed).toBe(1008)
      expect(one.received.filter(({ type }) => type === 'ERROR')).toHaveLength(10)
    })

    it('a binary message with an error, and one over 64 KiB with the end', async () => {
      const one = await as(talent)
      await once(one.socket, 'open')
      one.socket.send(Buffer.from('{"type":"PING"}'))
      await one.message('ERROR')
      one.send('x'.repeat(65 * 1024))
      expect(await one.closed).toBe(1009)
    })
  })

  describe('tells', () => {
    let staff: TestSocket
    let own: TestSocket
    let stranger: TestSocket

    beforeAll(async () => {
      ;[staff, own, stranger] = await Promise.all([as(talent), as(maker), as(other)])
    })
    afterAll(() => [staff, own, stranger].forEach(one => one.end()))

    it('of tasks what each may see: made, changed, handed on, deleted', async () => {
      for (const one of [staff, own, stranger]) await one.subscribe('TASKS')
      // One after the other, as what is told of a thing is how it stands when it is told.
      const made = await task({ assigneeId: maker.id })
      await Promise.all([staff.news(1), own.news(1)])
      const done = await change(made.id, { status: 'DONE' })
      await Promise.all([staff.news(2), own.news(2)])
      await change(made.id, { assigneeId: other.id })
      await Promise.all([staff.news(3), own.news(3), stranger.news(1)])
      await t.delete(`/api/tasks/${made.id}`, talent)
      const told = (messages: Received[]) => messages.map(({ type, data }) => [type, data?.assigneeId ?? null])
      expect(told(await staff.news(4))).toEqual([
        ['TASK_CREATED', expect.anything()],
        ['TASK_UPDATED', expect.anything()],
        ['TASK_UPDATED', other.id],
        ['TASK_DELETED', null],
      ])
      const [first, second] = await staff.news(4)
      expect(first).toEqual({
        type: 'TASK_CREATED',
        id: expect.any(Number),
        entityId: made.id,
        data: made,
        timestamp: expect.any(String),
      })
      expect(second.data).toEqual(done)
      expect((await own.news(3)).map(({ type }) => type)).toEqual(['TASK_CREATED', 'TASK_UPDATED', 'TASK_DELETED'])
      expect((await stranger.news(2)).map(({ type }) => type)).toEqual(['TASK_UPDATED', 'TASK_DELETED'])
      const ids = (await staff.news(4)).map(({ id }) => id)
      expect(ids).toEqual([...ids].sort((a, b) => a - b))
      for (const one of [staff, own, stranger]) {
        one.send({ type: 'UNSUBSCRIBE_TASKS' })
        await one.message('UNSUBSCRIBED')
      }
      await task({ assigneeId: maker.id })
      await sleep(100)
      expect((await staff.news(4)).length).toBe(4)
    })

    it('of interviews those who sit in them, and of interviewers everybody', async () => {
      const [ada, bob] = [randomUUID(), randomUUID()]
      await insertInterviewer(t.db, ada, maker.id)
      await insertInterviewer(t.db, bob, other.id)
      const before = new Map([staff, own, stranger].map(one => [one, one.received.length]))
      for (const one of [staff, own, stranger]) {
        await one.subscribe('EVENTS')
        await one.subscribe('INTERVIEWERS')
      }
      const at = { startsAt: '2026-03-02T09:00:00Z', durationMinutes: 60 }
      const payload = { title: 'Technical interview', type: 'technical', ...at, panel: [{ interviewerId: ada }] }
      const types = async (one: TestSocket, count: number) => {
        const news = () =>
          one.received
            .slice(before.get(one))
            .filter(({ type }) => /^(EVENT|INTERVIEWER)_/.test(type))
            .map(({ type }) => type)
        await eventually(() => expect(news()).toHaveLength(count))
        return news()
      }
      const { body: event } = await t.post('/api/events', payload, talent)
      await types(own, 1)
      await t.put(`/api/events/${event.id}`, { panel: [{ interviewerId: bob }] }, talent)
      await t.put(`/api/interviewers/${bob}`, { title: 'CTO' }, talent)
      expect(await types(staff, 3)).toEqual(['EVENT_CREATED', 'EVENT_UPDATED', 'INTERVIEWER_UPDATED'])
      expect(await types(own, 3)).toEqual(['EVENT_CREATED', 'EVENT_DELETED', 'INTERVIEWER_UPDATED'])
      expect(await types(stranger, 2)).toEqual(['EVENT_UPDATED', 'INTERVIEWER_UPDATED'])
    })

    it('what another process has written, and what follows the moment a right is gone is not told', async () => {
      const one = await as(talent)
      await one.subscribe('TASKS')
      const { database } = await openDatabase(t.config.DATABASE_URL)
      const service = tasksService({ db: database, audit: auditLogger, idempotency: idempotency(database) })
      const credentials = { sessionId: null, token: null, expiresAt: Infinity }
      const elsewhere = { id: admin.id, name: 'Elsewhere', email: '', role: 'admin' } as const
      const actor = { ...commandLine, ...elsewhere, ...credentials }
      const made = await service.create(actor, { title: 'From elsewhere' })
      const expected = { type: 'TASK_CREATED', entityId: made.id, data: { title: 'From elsewhere' } }
      expect((await one.news(1))[0]).toMatchObject(expected)
      await database.run(`UPDATE users SET role = 'interviewer' WHERE id = :id`, { id: talent.id })
      await service.update(actor, made.id, { title: 'Not for you' }, undefined)
      await database.run(`UPDATE users SET role = 'talent' WHERE id = :id`, { id: talent.id })
      await service.update(actor, made.id, { title: 'For you again' }, undefined)
      await database.close()
      await eventually(() => expect(one.received.at(-1)?.data?.title).toBe('For you again'))
      one.end()
    })
  })

  describe('resumes', () => {
    it('with all of 1,000 changes that came while it was cut off, in order, each once, and what comes meanwhile', async () => {
      const first = await as(talent)
      const { lastId: start } = await first.subscribe('TASKS')
      const { id } = await task()
      await first.news(1)
      first.end()
      for (let n = 1; n < 1000; n += 1) void change(id, { priority: (n % 5) + 1, title: `Round ${n}` })
      const written = 'SELECT count(*) AS n FROM audit_logs WHERE entity_id = :id'
      await eventually(async () => expect((await t.db.one<{ n: number }>(written, { id }))?.n).toBeGreaterThan(500))
      const second = await as(talent)
      expect(await second.subscribe('TASKS', start)).toEqual({ type: 'SUBSCRIBED', topic: 'TASKS', lastId: start })
      const news = await second.news(1000)
      const rows = await t.db.many<{ id: number }>(
        'SELECT id FROM audit_logs WHERE entity_type = :type AND id > :start ORDER BY id',
        { type: 'task', start },
      )
      expect(news.map(message => message.id)).toEqual(rows.map(row => row.id))
      expect(news.map(({ type }) => type)).toEqual([
        'TASK_CREATED',
        ...Array.from({ length: 999 }, () => 'TASK_UPDATED'),
      ])
      const third = await as(talent)
      await third.subscribe('TASKS', news[499].id)
      expect((await third.news(500)).map(message => message.id)).toEqual(rows.slice(500).map(row => row.id))
      second.end()
      third.end()
    })

    it('after a row that this instance has not come to yet, which another one has told of', async () => {
      const one = await as(talent)
      await one.subscribe('TASKS')
      const refresh = vi.spyOn(t.app.changes, 'refresh').mockReturnValue(undefined) // it learns of no change for a while
      const { id } = await task()
      const since = await lastId()
      expect(await one.subscribe('TASKS', since)).toEqual({ type: 'SUBSCRIBED', topic: 'TASKS', lastId: since })
      refresh.mockRestore()
      await change(id, { status: 'DONE' })
      await one.news(1)
      expect((await one.news(1)).map(message => [message.type, message.id > since])).toEqual([['TASK_UPDATED', true]])
      one.end()
    })

    it('also over things that are no more', async () => {
      const start = await lastId()
      const made = await task({ assigneeId: maker.id })
      await change(made.id, { status: 'DONE' })
      await t.delete(`/api/tasks/${made.id}`, talent)
      const [own, stranger] = [await as(maker), await as(other)]
      await own.subscribe('TASKS', start)
      await stranger.subscribe('TASKS', start)
      const told = (await own.news(3)).map(({ type, entityId, data }) => [type, entityId, data])
      expect(told).toEqual(['TASK_CREATED', 'TASK_UPDATED', 'TASK_DELETED'].map(type => [type, made.id, null]))
      expect(stranger.received.map(({ type }) => type)).toEqual(['SUBSCRIBED'])
      own.end()
      stranger.end()
    })
  })

  it('goes on when the database did not answer for a while, and requests never notice', async () => {
    const one = await as(talent)
    await one.subscribe('TASKS')
    const many = vi.spyOn(t.db, 'many').mockRejectedValue(new Error('a failure on purpose'))
    const made = await task()
    expect(made.id).toEqual(expect.any(String))
    await eventually(() => expect(t.log.some(line => line.includes('realtime messages are late'))).toBe(true))
    many.mockRestore()
    expect((await one.news(1))[0]).toMatchObject({ type: 'TASK_CREATED', entityId: made.id })
    one.end()
  })
})

describe('realtime', () => {
  it('drops a client that does not keep up, while others get everything', async () => {
    const t = await testApp()
    const as = await t.signedIn('talent')
    const [quick, slow] = await Promise.all(
      [1, 2].map(() => connect(t.app, { token: as.token, perMessageDeflate: false })),
    )
    if (!quick || !slow) throw new Error('there are two clients')
    await quick.subscribe('TASKS')
    await slow.subscribe('TASKS')
    slow.socket.pause()
    const rounds = 2_500
    const { body } = await t.post('/api/tasks', { title: 'Long' }, as)
    const change = () => {
      const payload = { description: randomBytes(3600).toString('base64') }
      return t.put(`/api/tasks/${body.id}`, payload, as)
    }
    for (let n = 0; n < rounds; n += 100) await Promise.all(Array.from({ length: 100 }, change))
    const news = await quick.news(rounds + 1)
    expect(new Set(news.map(message => message.id)).size).toBe(rounds + 1)
    await eventually(() => expect(t.app.realtime.connections).toBe(1))
    slow.socket.resume()
    expect([1013, 1006]).toContain(await slow.closed)
    quick.end()
    await t.close()
  })

  it('closes with 4401 whoever says nothing for five seconds', async () => {
    const t = await testApp()
    await addressOf(t.app)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const one = await connect(t.app)
    await once(one.socket, 'open')
    vi.advanceTimersByTime(5_000)
    vi.useRealTimers()
    expect(await one.closed).toBe(4401)
    await t.close()
  })

  it('closes with 1001 when the program ends', async () => {
    const t = await testApp()
    const one = await connect(t.app, { token: (await t.signedIn('talent')).token })
    await one.subscribe('TASKS')
    await t.close()
    expect(await one.closed).toBe(1001)
  })

  it('compresses what is over a kilobyte, for who can read that', async () => {
    const t = await testApp({}, sqlite)
    const user = await t.signedIn('talent')
    const one = testSocket(new WebSocket(`${await addressOf(t.app)}?token=${user.token}`))
    await one.subscribe('TASKS')
    expect(one.socket.extensions).toContain('permessage-deflate')
    const payload = { title: 'Long', description: 'a very long story. '.repeat(200) }
    await t.post('/api/tasks', payload, user)
    expect((await one.news(1))[0].data.description).toBe(payload.description)
    one.end()
    await t.close()
  })

  it('drops a peer that does not answer pings', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const t = await testApp()
    const user = await t.signedIn('talent')
    const [silent, alive] = [
      await connect(t.app, { token: user.token, autoPong: false }),
      await connect(t.app, { token: user.token }),
    ]
    await silent.subscribe('TASKS')
    await alive.subscribe('TASKS')
    for (let n = 0; n < 3; n += 1) {
      const pinged = once(alive.socket, 'ping')
      vi.advanceTimersByTime(30_000)
      await pinged
      alive.send({ type: 'PING' }) // is answered after its pong was read
      await eventually(() => expect(alive.received.filter(({ type }) => type === 'PONG')).toHaveLength(n + 1))
    }
    vi.useRealTimers()
    expect(await silent.closed).toBe(1006)
    expect(alive.socket.readyState).toBe(WebSocket.OPEN)
    alive.end()
    await t.close()
  })
})
