import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { declarations } from '../../features/index.ts'
import { invalid, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'

const url = '/api/tokens'
const SCOPES = declarations.scopes
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

describe.each(drivers)('API tokens on $name', driver => {
  let t: TestApp
  let owner: SignedIn
  let other: SignedIn
  let admin: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    owner = await t.signedIn('talent')
    other = await t.signedIn('talent')
    admin = await t.signedIn('admin')
  })
  afterAll(() => t.close())

  const body = (more: object = {}) => ({ name: 'Report', scopes: ['interviewers:read'], ...more })
  const create = (more: object = {}, as = owner, headers = {}): Promise<Answer> => t.post(url, body(more), as, headers)
  const revoke = (id: string, as = owner) => t.delete(`${url}/${id}`, as)
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
  const use = (
    secret: string,
    path = '/api/interviewers',
    method: 'GET' | 'POST' | 'DELETE' = 'GET',
    payload?: object,
  ) => t.call({ method, url: path, headers: bearer(secret), ...(payload && { payload }) })
  const secretFor = async (scopes: readonly string[], as = owner): Promise<string> =>
    (await create({ scopes }, as)).body.secret
  const lastUse = (id: string) =>
    t.db.one<{ at: string | null }>('SELECT last_used_at AS at FROM api_tokens WHERE id = :id', { id })

  describe('refuses', () => {
    it.each([
      ['GET', url],
      ['POST', url],
      ['DELETE', `${url}/${unknown}`],
    ] as const)('a stranger: %s %s', async (method, path) => {
      expect(await t.call({ method, url: path })).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it.each([
      ['no name', { name: undefined }, '/name'],
      ['a name with a line feed', { name: 'a\nb' }, '/name'],
      ['no scopes', { scopes: [] }, '/scopes'],
      ['a scope that is none', { scopes: ['events:delete'] }, '/scopes/0'],
      ['a scope twice', { scopes: ['events:read', 'events:read'] }, '/scopes'],
      ['an expiry without an offset', { expiresAt: '2099-01-01T00:00:00' }, '/expiresAt'],
      ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      ['a secret of one’s own', { secret: 'pnl_mine' }, '/secret'],
      ['another owner', { userId: unknown }, '/userId'],
    ])('%s and names the field', async (_what, more, path) => {
      expect(await create(more)).toMatchObject(invalid(path))
    })

    it('to revoke what is not there, or not one’s own', async () => {
      const { body: token } = await create()
      for (const attempt of [revoke(unknown), revoke(token.id, other), revoke(token.id, admin)]) {
        expect(await attempt).toMatchObject(refusal(404, 'NOT_FOUND'))
      }
      expect((await use(token.secret)).status).toBe(200)
    })

    it('the hundred and first', async () => {
      const hoarder = await t.signedIn('interviewer')
      const insert = `INSERT INTO api_tokens (id, user_id, name, hash, scopes)
        VALUES (:id, :userId, 'kept', :id, '["events:read"]')`
      for (let n = 0; n < 99; n += 1) await t.db.run(insert, { id: randomUUID(), userId: hoarder.id })
      const { status, body: token } = await create({}, hoarder)
      expect(status).toBe(201)
      expect(await create({}, hoarder)).toMatchObject(refusal(409, 'TOO_MANY_TOKENS'))
      await revoke(token.id, hoarder)
      expect((await create({}, hoarder)).status).toBe(201)
    })
  })

  describe('are made', () => {
    it('with a secret that is shown once and kept as a hash', async () => {
      const { status, body: token, headers } = await create({ expiresAt: '2099-01-01T01:00:00+01:00' })
      expect(status).toBe(201)
      expect(headers).toMatchObject({ 'cache-control': 'no-store', location: `${url}/${token.id}` })
      expect(token).toEqual({
        id: expect.any(String),
        name: 'Report',
        scopes: ['interviewers:read'],
        expiresAt: '2099-01-01T00:00:00.000Z',
        lastUsedAt: null,
        createdAt: expect.any(String),
        secret: expect.stringMatching(/^pnl_[\w-]{43}$/),
      })
      const { body: listed } = await t.get(url, owner)
      const { secret, ...rest } = token
      expect(listed.data[0]).toEqual(rest)
      const everything = JSON.stringify([
        await t.db.many('SELECT * FROM api_tokens LIMIT 1000'),
        await t.db.many('SELECT * FROM audit_logs LIMIT 1000'),
      ])
      expect(everything).not.toContain(secret.slice(4))
    })

    it('and revoked with a row each in the journal', async () => {
      const { body: token } = await create()
      await revoke(token.id)
      const { body } = await t.get(`/api/audit-logs?entityType=api_token&entityId=${token.id}`, admin)
      const told = { userId: owner.id, name: 'Report', scopes: ['interviewers:read'] }
      const rows = body.data.map(({ action, changes }: { action: string; changes: object }) => ({ action, changes }))
      const all = (side: 'from' | 'to') =>
        Object.fromEntries(
          Object.entries(told).map(([field, value]) => [field, { from: null, to: null, [side]: value }]),
        )
      expect(rows).toEqual([
        { action: 'delete', changes: all('from') },
        { action: 'create', changes: all('to') },
      ])
    })

    it('once for an Idempotency-Key: a repetition gets a new secret, as none is kept', async () => {
      const headers = { 'idempotency-key': randomUUID() }
      const { body: first } = await create({}, owner, headers)
      const { body: second, status, headers: answered } = await create({}, owner, headers)
      expect([status, answered['idempotency-replayed'], second.id]).toEqual([201, 'true', first.id])
      expect((await use(first.secret)).status).toBe(401)
      expect((await use(second.secret)).status).toBe(200)
      const keys = await t.db.many<{ result: string }>('SELECT result FROM idempotency_keys LIMIT 100')
      for (const { result } of keys) expect(result).not.toContain('pnl_')
      await revoke(first.id)
      expect((await create({}, owner, headers)).status).toBe(409)
    })
  })

  describe('can do', () => {
    it('what their scopes say, and nothing else', async () => {
      const reader = await secretFor(['interviewers:read'])
      const writer = await secretFor(['interviewers:write'])
      const ada = { name: 'Ada', email: `${randomUUID()}@example.com` }
      expect((await use(reader)).status).toBe(200)
      expect(await use(reader, '/api/interviewers', 'POST', ada)).toMatchObject(
        refusal(403, 'FORBIDDEN', { message: 'This needs a token of scope interviewers:write' }),
      )
      expect((await use(writer, '/api/interviewers', 'POST', ada)).status).toBe(201)
      expect((await use(writer)).status).toBe(403)
      expect((await use(reader, '/api/events')).status).toBe(403)
      const head = await t.app.inject({ method: 'HEAD', url: '/api/interviewers', headers: bearer(reader) })
      expect(head.statusCode).toBe(200)
    })

    it('with every scope still nothing that is for people', async () => {
      const secret = await secretFor(SCOPES)
      const { body: listed } = await t.get('/api/sessions', owner)
      for (const attempt of [
        use(secret, url),
        use(secret, url, 'POST', body()),
        use(secret, `${url}/${unknown}`, 'DELETE'),
        use(secret, '/api/sessions'),
        use(secret, `/api/sessions/${listed.data[0].id}`, 'DELETE'),
        use(secret, '/api/auth/logout', 'POST'),
      ]) {
        expect(await attempt).toMatchObject(refusal(403, 'FORBIDDEN'))
      }
    })

    it('never more than their owner, whatever the owner becomes', async () => {
      const boss = await t.signedIn('admin')
      const secret = await secretFor(SCOPES, boss)
      expect((await use(secret, '/api/users')).status).toBe(200)
      const demotion = {
        method: 'PUT',
        url: `/api/users/${boss.id}`,
        as: admin,
        payload: { role: 'interviewer' },
      } as const
      expect((await t.call(demotion)).status).toBe(200)
      expect((await use(secret, '/api/users')).status).toBe(403)
      expect((await use(secret)).status).toBe(200)
    })

    it('and their deeds are their owner’s in the journal', async () => {
      const secret = await secretFor(['interviewers:write'])
      const made = await use(secret, '/api/interviewers', 'POST', { name: 'Bo', email: `${randomUUID()}@example.com` })
      const { body } = await t.get(`/api/interviewers/${made.body.id}/history`, owner)
      expect(body.data[0]).toMatchObject({ actorId: owner.id, actorName: owner.name })
    })
  })

  describe('end', () => {
    const refusedFrom = async (secret: string, deed: () => Promise<unknown>) => {
      expect((await use(secret)).status).toBe(200)
      await deed()
      expect(await use(secret)).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    }

    it('when they are revoked', async () => {
      const { body: token } = await create()
      await refusedFrom(token.secret, () => revoke(token.id))
    })

    it('when they expire, without anything being written', async () => {
      const { body: token } = await create({ expiresAt: inAnHour() })
      await refusedFrom(token.secret, async () => {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_001 })
      })
      vi.useRealTimers()
      expect((await use(token.secret)).status).toBe(200)
    })

    it('when their owner is disabled, or removed', async () => {
      const one = await t.signedIn('talent')
      await refusedFrom(await secretFor(['interviewers:read'], one), () =>
        t.put(`/api/users/${one.id}`, { status: 'disabled' }, admin),
      )
      const two = await t.signedIn('talent')
      await refusedFrom(await secretFor(['interviewers:read'], two), () => t.delete(`/api/users/${two.id}`, admin))
    })

    it('F11 when their owner has another password, whoever set it, and none comes back with the owner', async () => {
      const password = 'violet harbor anchors 42'
      const reset = (as: SignedIn, changes: object) => t.put(`/api/users/${as.id}`, changes, admin)
      const one = await t.signedIn('talent')
      await refusedFrom(await secretFor(['interviewers:read'], one), () => reset(one, { password }))
      const { body } = await t.post('/api/auth/login', { email: one.email, password })
      const again = { ...one, headers: bearer(body.accessToken) }
      const second = await secretFor(['interviewers:read'], again)
      const change = { current: password, new: 'amber glacier whistles 71' }
      await refusedFrom(second, () => t.put('/api/profile/password', change, again))
      expect((await t.get('/api/profile', again)).status).toBe(200)
      const third = await secretFor(['interviewers:read'], again)
      await refusedFrom(third, () => reset(one, { status: 'disabled' }))
      await reset(one, { status: 'active' })
      expect((await use(third)).status).toBe(401)
    })

    it.each(['pnl_', `pnl_${'x'.repeat(43)}`, `pnl_${'x'.repeat(42)}`, `PNL_${'x'.repeat(43)}`])(
      'and %s never was one',
      async secret => {
        expect((await use(secret)).status).toBe(401)
      },
    )
  })

  describe('remember their last use', () => {
    it('at most once a minute, however many requests there are', async () => {
      const { body: token } = await create()
      await Promise.all(Array.from({ length: 20 }, () => use(token.secret)))
      await eventually(async () => expect((await lastUse(token.id))?.at).toEqual(expect.any(String)))
      const first = (await lastUse(token.id))?.at
      await use(token.secret)
      await t.db.transaction(async () => undefined) // after whatever was being noted
      expect((await lastUse(token.id))?.at).toBe(first)

      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
      await use(token.secret)
      vi.useRealTimers()
      await eventually(async () => expect((await lastUse(token.id))?.at).not.toBe(first))
    })

    it('and work when it cannot be noted', async () => {
      const { body: token } = await create()
      const run = vi.spyOn(t.db, 'run').mockRejectedValue(new Error('the disk is full'))
      expect((await use(token.secret)).status).toBe(200)
      run.mockRestore()
      expect(t.log.some(line => line.includes('the use of a token was not noted'))).toBe(true)
    })
  })

  it('have a limit of requests of their own', async () => {
    const limited = await testApp({ RATE_LIMIT_MAX: '2' }, driver)
    try {
      const one = await limited.signedIn('talent')
      const { body: token } = await limited.post(url, body(), one)
      const asked = () => limited.call({ url: '/api/interviewers', headers: bearer(token.secret) })
      expect([(await asked()).status, (await asked()).status, (await asked()).status]).toEqual([200, 200, 429])
      expect((await limited.get('/api/interviewers', one)).status).toBe(200)
    } finally {
      await limited.close()
    }
  })
})
