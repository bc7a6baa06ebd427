import { randomUUID } from 'node:crypto'
import { hash, parseOptions } from '@node-rs/argon2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { testApp, type Answer, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { everythingKept } from '../support/tables.ts'

const PASSWORD = 'violet harbor anchors 42'

describe.each(drivers)('signing in on $name', driver => {
  let t: TestApp
  /** The hash of PASSWORD, made once: hashing is slow by design. */
  let passwordHash: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    passwordHash = await hash(PASSWORD)
  })
  afterAll(() => t.close())

  const post = (path: string, payload?: object, headers: Record<string, string> = {}) =>
    t.post(`/api/auth/${path}`, payload, undefined, headers)
  const login = (email: string, password = PASSWORD) => post('login', { email, password })
  const refresh = (refreshToken: string) => post('refresh', { refreshToken })
  const me = (answer: Answer) => t.get(`/api/users/${answer.body.user.id}`, undefined, bearer(answer.body.accessToken))
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  let made = 0
  /** An account with that password, straight in the database. */
  async function account(more: { hash?: string | null; status?: string } = {}): Promise<{ id: string; email: string }> {
    const email = `Person${++made}@example.com`
    const id = `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`
    await t.db.run(
      `INSERT INTO users (id, email, name, status, password_hash) VALUES (:id, :email, 'Some Person', :status, :hash)`,
      { id, email, status: more.status ?? 'active', hash: more.hash === undefined ? passwordHash : more.hash },
    )
    return { id, email }
  }

  interface JournalRow {
    readonly action: string
    readonly actorId: string | null
    readonly actorName: string
    readonly entityType: string
    readonly entityId: string | null
    readonly changes: string
    readonly reason: string | null
  }
  const journal = (where: string, params: Record<string, string> = {}) =>
    t.db.many<JournalRow>(
      `SELECT action, actor_id AS "actorId", actor_name AS "actorName", entity_type AS "entityType",
       entity_id AS "entityId", changes, reason FROM audit_logs WHERE ${where} ORDER BY id LIMIT 100`,
      params,
    )
  const count = async (sql: string, params: Record<string, string> = {}) =>
    (await t.db.one<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`, params))?.n

  describe('auth refuses', () => {
    const sound = { email: 'new@example.com', password: PASSWORD, name: 'New Person' }
    it.each<[string, string, object | undefined, number?, string?]>([
      ['a stranger who signs out', 'logout', undefined, 401, 'UNAUTHORIZED'],
      ['an unknown address', 'login', { email: 'nobody@example.com', password: PASSWORD }, 401, 'INVALID_CREDENTIALS'],
      ['an unknown refresh token', 'refresh', { refreshToken: 'x'.repeat(43) }, 401, 'INVALID_REFRESH_TOKEN'],
      ['a login without a password', 'login', { email: 'a@example.com' }],
      ['a login with a number for a password', 'login', { email: 'a@example.com', password: 5 }],
      ['a login with a field too many', 'login', { email: 'a@example.com', password: PASSWORD, role: 'admin' }],
      ['a refresh without a token', 'refresh', {}],
      ['a registration that chooses its role', 'register', { ...sound, role: 'admin' }],
      ['an address that is none', 'register', { ...sound, email: 'not an address' }],
      ['a name of control characters', 'register', { ...sound, name: 'a\u0000b' }],
      ['a short password', 'register', { ...sound, password: 'h7$kQ2!zP' }],
      ['a password of 129 characters', 'register', { ...sound, password: 'aB3$'.repeat(32) + 'x' }],
      ['a common password', 'register', { ...sound, password: 'password123' }],
      ['a repeated password', 'register', { ...sound, password: 'aB3$'.repeat(32) }],
      ['a password made of the own name', 'register', { ...sound, name: 'Zebulon Quartz', password: 'zebulonquartz' }],
      [
        'a password that is the own address',
        'register',
        { ...sound, email: 'zq77x@example.com', password: 'zq77x@example.com' },
      ],
    ])('%s', async (_what, path, payload, status = 400, code = 'VALIDATION') => {
      expect((await post(path, payload)).body).toMatchObject({ statusCode: status, code })
    })

    it('says in words why a password is refused, and repeats nothing of it', async () => {
      const answer = await post('register', { ...sound, password: 'qwertyuiop12' })
      expect(answer.body.details[0].path).toBe('/password')
      expect(answer.body.message).toMatch(/^This password is easy to guess\. \w+/)
      expect(JSON.stringify(answer.body)).not.toContain('qwertyuiop12')
    })

    it('everybody who wants to register where registration is closed', async () => {
      const closed = await testApp({ REGISTRATION: 'closed' }, driver)
      const answer = await closed.post('/api/auth/register', sound)
      expect(answer.body).toMatchObject({ statusCode: 403, code: 'REGISTRATION_CLOSED' })
      expect(await closed.db.one('SELECT count(*) AS n FROM users')).toEqual({ n: 0 })
      await closed.close()
    })
  })

  describe('registering', () => {
    it('makes an interviewer who is signed in, and tells the journal', async () => {
      const grace = { email: 'Grace@Example.com', name: 'Grace Hopper' }
      const answer = await post('register', { ...grace, password: PASSWORD })
      const { user, ...tokens } = answer.body
      expect(answer.status).toBe(201)
      expect(user).toMatchObject({ ...grace, role: 'interviewer', status: 'active', version: 1 })
      expect(tokens).toEqual({
        accessToken: expect.any(String),
        refreshToken: expect.stringMatching(/^[\w-]{43}$/),
        tokenType: 'Bearer',
        expiresIn: 900,
      })
      expect(answer.headers).toMatchObject({ location: `/api/users/${user.id}`, 'cache-control': 'no-store' })
      expect((await me(answer)).body).toEqual(user)
      const rows = await journal('actor_id = :id', { id: user.id })
      expect(rows.map(row => `${row.action} ${row.entityType}`)).toEqual(['register user', 'login session'])
    })

    it('refuses a taken address whatever its case, and leaves no trace of the attempt', async () => {
      const { email } = await account()
      const before = await count('audit_logs')
      const answer = await post('register', { email: email.toUpperCase(), password: PASSWORD, name: 'Twin' })
      expect(answer.body).toMatchObject({ statusCode: 409, code: 'EMAIL_TAKEN' })
      expect(await count('audit_logs')).toBe(before)
    })

    it('signs a repetition with the same key in anew, without making a second account or keeping a token', async () => {
      const body = { email: 'again@example.com', password: PASSWORD, name: 'Again' }
      const key = { 'idempotency-key': 'register-once' }
      const first = await post('register', body, key)
      const second = await post('register', body, key)
      expect(second.status).toBe(201)
      expect(second.headers['idempotency-replayed']).toBe('true')
      expect(second.body.user.id).toBe(first.body.user.id)
      expect(second.body.refreshToken).not.toBe(first.body.refreshToken)
      expect((await me(second)).status).toBe(200)
      const kept = JSON.stringify(await t.db.many('SELECT * FROM idempotency_keys LIMIT 10'))
      for (const secret of [PASSWORD, first.body.refreshToken, first.body.accessToken])
        expect(kept).not.toContain(secret)
    })

    it('does not let a repetition sign in once the password is another', async () => {
      const body = { email: 'moved-on@example.com', password: PASSWORD, name: 'Moved On' }
      const key = { 'idempotency-key': 'moved-on' }
      const first = await post('register', body, key)
      await t.db.run('UPDATE users SET password_hash = NULL WHERE id = :id', { id: first.body.user.id })
      expect((await post('register', body, key)).body.code).toBe('INVALID_CREDENTIALS')
    })
  })

  describe('signing in', () => {
    it('answers a session, notes when, and keeps only the hash of its token', async () => {
      const { id, email } = await account()
      const answer = await login(email.toLowerCase())
      expect(answer.status).toBe(200)
      expect(answer.body.user).toMatchObject({ id, email, lastLoginAt: expect.any(String) })
      expect((await me(answer)).body.id).toBe(id)
      const tokens = JSON.stringify(await t.db.many('SELECT * FROM refresh_tokens LIMIT 100'))
      expect(tokens).not.toContain(answer.body.refreshToken)
      expect(await journal(`action = 'login' AND actor_id = :id`, { id })).toHaveLength(1)
    })

    it('answers a wrong password, an unknown address, a disabled account and one without a password alike', async () => {
      const known = await account()
      const answers = [
        await login(known.email, 'quite another one'),
        await login('nobody-at-all@example.com', PASSWORD),
        await login((await account({ status: 'disabled' })).email),
        await login((await account({ hash: null })).email),
        await login((await account({ hash: 'not a hash' })).email),
      ]
      const shown = answers.map(({ status, body, headers }) => ({
        status,
        body: { ...body, requestId: '' },
        headers: Object.keys(headers).sort(),
        authenticate: headers['www-authenticate'],
      }))
      for (const one of shown) expect(one).toEqual(shown[0])
      expect(shown[0]).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' }, authenticate: 'Bearer' })
    })

    it('tells the journal of a failure, with the address that was tried and nothing of the password', async () => {
      const { id, email } = await account()
      await login(email, 'a wrong guess of mine')
      const actor = { actorId: null, actorName: email.toLowerCase() }
      const failed = { action: 'login_failed', entityType: 'user', entityId: id, changes: '{}', reason: null }
      expect(await journal('entity_id = :id', { id })).toEqual([{ ...failed, ...actor }])
    })

    it('hashes a password anew when it was hashed with other parameters', async () => {
      const { id, email } = await account({ hash: await hash(PASSWORD, { memoryCost: 8192, timeCost: 1 }) })
      const answers = await Promise.all([login(email), login(email), login(email)])
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      const row = await t.db.one<{ hash: string }>('SELECT password_hash AS hash FROM users WHERE id = :id', { id })
      expect(parseOptions(row?.hash ?? '')).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1 })
      expect((await login(email)).status).toBe(200)
    })

    it('takes a password as the same from a keyboard that composes its letters otherwise', async () => {
      const password = 'schöne grüße über 77 flüsse'
      const body = { email: 'umlaut@example.com', password: password.normalize('NFC'), name: 'U' }
      expect((await post('register', body)).status).toBe(201)
      expect((await login('umlaut@example.com', password.normalize('NFD'))).status).toBe(200)
    })

    it('forgets sessions that were over for more than 30 days', async () => {
      const { id, email } = await account()
      const old = (await login(email)).body
      await login(email)
      const dayLongAgo = '2020-01-01T00:00:00.000Z'
      await t.db.run(
        'UPDATE sessions SET ended_at = :dayLongAgo WHERE id = (SELECT min(id) FROM sessions WHERE user_id = :id)',
        { dayLongAgo, id },
      )
      await login(email)
      expect(await count('sessions WHERE user_id = :id', { id })).toBe(2)
      expect((await refresh(old.refreshToken)).body.code).toBe('INVALID_REFRESH_TOKEN')
    })

    it('serves twenty at once', async () => {
      const { email } = await account()
      const answers = await Promise.all(Array.from({ length: 20 }, () => login(email)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    })

    it('refuses with 503 and retry-after when too many passwords wait to be checked', async () => {
      const { email } = await account()
      const answers = await Promise.all(Array.from({ length: 160 }, () => login(email)))
      const refused = answers.filter(({ status }) => status === 503)
      expect(refused.length).toBeGreaterThan(0)
      expect(refused[0]?.headers['retry-after']).toMatch(/^\d+$/)
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(160 - refused.length)
    })
  })

  describe('failed sign-ins', () => {
    // The wait is five seconds at first, which may be over before the next request on a busy machine.
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
    afterEach(() => void vi.useRealTimers())

    const fail = async (email: string, times: number) => {
      for (let i = 0; i < times; i++) expect((await login(email, 'a wrong guess')).status).toBe(401)
    }
    const age = (email: string, seconds: number) =>
      t.db.run('UPDATE login_failures SET failed_at = :at WHERE account = :account', {
        account: email.toLowerCase(),
        at: new Date(Date.now() - seconds * 1000).toISOString(),
      })

    it('slow the account down after the fifth, also for the right password and in another case', async () => {
      const { email } = await account()
      await fail(email, 5)
      const answer = await login(email.toUpperCase())
      expect(answer.body).toMatchObject({ statusCode: 429, code: 'LOGIN_THROTTLED' })
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(5)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    })

    it('slow an address without an account down just the same', async () => {
      await fail('ghost@example.com', 5)
      expect((await login('ghost@example.com')).status).toBe(429)
    })

    it('are not counted, nor told to the journal, while the account is slowed down', async () => {
      const { email, id } = await account()
      await fail(email, 5)
      await login(email, 'a wrong guess')
      expect(await count('login_failures WHERE account = :account', { account: email.toLowerCase() })).toBe(5)
      expect(await journal('entity_id = :id', { id })).toHaveLength(5)
    })

    it('slow down longer each time, but never longer than a minute', async () => {
      const { email } = await account()
      await fail(email, 5)
      const waits: number[] = []
      for (let i = 0; i < 6; i++) {
        waits.push(Number((await login(email)).headers['retry-after']))
        await age(email, 61)
        await fail(email, 1)
      }
      expect(waits[0]).toBeLessThanOrEqual(5)
      expect(waits[2]).toBeGreaterThan(10)
      for (const wait of waits) expect(wait).toBeLessThanOrEqual(60)
    })

    it('let the owner in after the wait, and are then forgotten', async () => {
      const { email } = await account()
      await fail(email, 5)
      await age(email, 6)
      expect((await login(email)).status).toBe(200)
      expect(await count('login_failures WHERE account = :account', { account: email.toLowerCase() })).toBe(0)
      await fail(email, 4)
      expect((await login(email)).status).toBe(200)
    })

    it('count for 15 minutes, and of every account the old ones are swept out', async () => {
      const { email } = await account()
      await fail(email, 5)
      await age(email, 15 * 60 + 1)
      await fail('somebody-else@example.com', 1)
      expect(await count('login_failures WHERE account = :account', { account: email.toLowerCase() })).toBe(0)
      expect((await login(email)).status).toBe(200)
    })

    it('survive a restart', async () => {
      const { email } = await account()
      await fail(email, 5)
      const again = await testApp({ DATABASE_URL: t.config.DATABASE_URL }, driver)
      const answer = await again.post('/api/auth/login', { email, password: PASSWORD })
      await again.close()
      expect(answer.status).toBe(429)
    })

    it('of many guesses at once tell no more than five of them one after the other', async () => {
      const { email } = await account()
      const guesses = await Promise.all(
        Array.from({ length: 30 }, (_, i) => login(email, i === 29 ? PASSWORD : 'a wrong guess')),
      )
      const statuses = guesses.map(({ status }) => status)
      expect(statuses.filter(status => status === 401)).toHaveLength(5)
      expect(statuses.filter(status => status === 429)).toHaveLength(25)
    })
  })

  describe('F08 an attack on an account', () => {
    let limited: TestApp
    beforeAll(async () => (limited = await testApp({ AUTH_RATE_LIMIT_MAX: '7' }, driver)))
    afterAll(() => limited.close())

    const owner = async () => {
      const [id, email] = [randomUUID(), `${randomUUID()}@example.com`]
      const insert = `INSERT INTO users (id, email, name, password_hash) VALUES (:id, :email, 'Owner', :passwordHash)`
      await limited.db.run(insert, { id, email, passwordHash })
      return email
    }
    const attempt = (email: string, remoteAddress: string, password = PASSWORD) =>
      limited.call({ method: 'POST', url: '/api/auth/login', payload: { email, password }, remoteAddress })
    const guesses = async (email: string, from: string, times: number) => {
      const statuses: number[] = []
      for (let n = 0; n < times; n++) statuses.push((await attempt(email, from, 'a wrong guess')).status)
      return statuses
    }
    const failedFrom = (email: string, networks: number) =>
      limited.db.transaction(async tx => {
        const insert = 'INSERT INTO login_failures (account, network, failed_at) VALUES (:email, :network, :now)'
        const now = new Date().toISOString()
        for (let n = 0; n < networks; n++) await tx.run(insert, { email, network: `198.51.100.${n}`, now })
      })

    it('F08 from elsewhere does not keep its owner out, wherever they are', async () => {
      const email = await owner()
      expect(await guesses(email, '127.0.0.2', 9)).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429])
      expect((await attempt(email, '127.0.0.9')).status).toBe(200)
      expect((await attempt(email, '127.0.0.2')).status).toBe(429)
    })

    it('F08 from very many networks is slowed down as one, but not where the account is known', async () => {
      const email = await owner()
      expect((await attempt(email, '127.0.1.1')).status).toBe(200)
      await failedFrom(email, 99)
      expect((await attempt(email, '127.0.1.2', 'a wrong guess')).status).toBe(401)
      const elsewhere = await attempt(email, '127.0.1.3')
      expect(elsewhere).toMatchObject({ status: 429, body: { code: 'LOGIN_THROTTLED' } })
      expect(Number(elsewhere.headers['retry-after'])).toBeLessThanOrEqual(5)
      expect((await attempt(email, '127.0.1.1', 'a slip')).status).toBe(401)
      expect((await attempt(email, '127.0.1.1')).status).toBe(200)
    })

    it('F08 at the same address leaves attempts to those who are known there', async () => {
      const email = await owner()
      expect((await attempt(email, '127.0.2.1')).status).toBe(200)
      for (let n = 0; n < 6; n++) await attempt(`nobody${n}@example.com`, '127.0.2.1', 'a wrong guess')
      expect((await attempt('nobody@example.com', '127.0.2.1')).body.code).toBe('RATE_LIMITED')
      expect((await attempt(email.toUpperCase(), '127.0.2.1')).status).toBe(200)
      const known = await guesses(email, '127.0.2.1', 8)
      expect(known.filter(status => status === 401)).toHaveLength(5)
    })

    it('F08 does not count a refresh or a sign-out, which are no attempts', async () => {
      const from = { remoteAddress: '127.0.3.1', method: 'POST' } as const
      const email = await owner()
      let session = (await attempt(email, from.remoteAddress)).body
      for (let n = 0; n < 7; n++) await attempt(`nobody${n}@example.com`, from.remoteAddress, 'a wrong guess')
      const payload = () => ({ refreshToken: session.refreshToken })
      for (let n = 0; n < 8; n++) {
        const answer = await limited.call({ ...from, url: '/api/auth/refresh', payload: payload() })
        expect(answer.status).toBe(200)
        session = answer.body
      }
      const out = await limited.call({ ...from, url: '/api/auth/logout', headers: bearer(session.accessToken) })
      expect(out.status).toBe(204)
    })
  })

  it('F30 a clock that is set back keeps nobody out longer than a minute', async () => {
    const limited = await testApp({ AUTH_RATE_LIMIT_MAX: '9' }, driver)
    const { email } = await account()
    const attempt = (address = email, of = t) =>
      of.post('/api/auth/login', { email: address, password: 'a wrong guess' })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    for (let n = 0; n < 6; n++) await attempt()
    for (let n = 0; n < 9; n++) await attempt(`nobody${n}@example.com`, limited)
    vi.useRealTimers()
    for (const answer of [await attempt(), await attempt('nobody@example.com', limited)]) {
      expect(answer.status).toBe(429)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60)
    }
    await limited.close()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    const later = await login(email)
    vi.useRealTimers()
    expect(later.status).toBe(200)
  })

  describe('refreshing', () => {
    let signedIn: Answer
    beforeEach(async () => {
      signedIn = await login((await account()).email)
    })

    it('gives a new pair for the same session, whose access token works', async () => {
      const answer = await refresh(signedIn.body.refreshToken)
      expect(answer.status).toBe(200)
      expect(answer.body.user).toEqual(signedIn.body.user)
      expect(answer.body.refreshToken).not.toBe(signedIn.body.refreshToken)
      expect((await me(answer)).status).toBe(200)
      expect(await count('sessions WHERE user_id = :id', { id: answer.body.user.id })).toBe(1)
    })

    it('ends the whole session when a token is used twice, and says so in the journal', async () => {
      const child = await refresh(signedIn.body.refreshToken)
      const replay = await refresh(signedIn.body.refreshToken)
      expect(replay.body).toMatchObject({ statusCode: 401, code: 'SESSION_REUSED' })
      expect((await me(child)).status).toBe(401)
      expect((await refresh(child.body.refreshToken)).body.code).toBe('INVALID_REFRESH_TOKEN')
      await refresh(signedIn.body.refreshToken)
      const rows = await journal(`actor_id = :id AND action = 'end'`, { id: signedIn.body.user.id })
      expect(rows).toMatchObject([{ entityType: 'session', reason: 'A refresh token was used twice' }])
    })

    it('answers one of twenty simultaneous refreshes of one token, and the session is over then', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(signedIn.body.refreshToken)))
      const won = answers.filter(({ status }) => status === 200)
      expect(won).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(19)
      for (const winner of won) expect((await me(winner)).status).toBe(401)
    })

    it('keeps other sessions of the same user out of it', async () => {
      const other = await login(signedIn.body.user.email)
      await refresh(signedIn.body.refreshToken)
      await refresh(signedIn.body.refreshToken)
      expect((await me(other)).status).toBe(200)
    })

    const session = async () =>
      t.db.one<{ createdAt: string; expiresAt: string }>(
        'SELECT created_at AS "createdAt", expires_at AS "expiresAt" FROM sessions WHERE user_id = :id',
        { id: signedIn.body.user.id },
      )
    const DAY_MS = 86_400_000
    const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
    const rewrite = (column: string, at: string) =>
      t.db.run(`UPDATE sessions SET ${column} = :at WHERE user_id = :id`, { at, id: signedIn.body.user.id })

    it('prolongs the session to seven days from its last use', async () => {
      await rewrite('expires_at', daysAgo(-1))
      await refresh(signedIn.body.refreshToken)
      expect((await session())?.expiresAt.slice(0, 13)).toBe(daysAgo(-7).slice(0, 13))
    })

    it('never prolongs it beyond 30 days from signing in', async () => {
      await rewrite('created_at', daysAgo(29))
      await refresh(signedIn.body.refreshToken)
      expect((await session())?.expiresAt.slice(0, 13)).toBe(daysAgo(-1).slice(0, 13))
    })

    it.each([
      ['has expired', `UPDATE sessions SET expires_at = '2020-01-01T00:00:00.000Z' WHERE user_id = :id`],
      ['was ended', `UPDATE sessions SET ended_at = '2020-01-01T00:00:00.000Z' WHERE user_id = :id`],
      ['belongs to a disabled user', `UPDATE users SET status = 'disabled' WHERE id = :id`],
    ])('refuses the token of a session that %s', async (_what, sql) => {
      await t.db.run(sql, { id: signedIn.body.user.id })
      const answer = await refresh(signedIn.body.refreshToken)
      expect(answer.body).toMatchObject({ statusCode: 401, code: 'INVALID_REFRESH_TOKEN' })
    })
  })

  describe('signing out', () => {
    it('ends this session at once, its refresh token too, and no other', async () => {
      const { email, id } = await account()
      const [here, there] = [await login(email), await login(email)]
      expect((await post('logout', undefined, bearer(here.body.accessToken))).status).toBe(204)
      expect((await me(here)).status).toBe(401)
      expect((await refresh(here.body.refreshToken)).body.code).toBe('INVALID_REFRESH_TOKEN')
      expect((await me(there)).status).toBe(200)
      expect(await journal(`actor_id = :id AND action = 'logout'`, { id })).toHaveLength(1)
    })
  })

  describe('sign-in routes', () => {
    it('are limited by address', async () => {
      const limited = await testApp({ AUTH_RATE_LIMIT_MAX: '3' }, driver)
      const attempt = (n: number) => limited.post('/api/auth/login', { email: `a${n}@example.com`, password: PASSWORD })
      for (let n = 0; n < 3; n++) expect((await attempt(n)).status).toBe(401)
      const answer = await attempt(3)
      expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '0' })
      await limited.close()
    })

    it('leave neither passwords nor tokens in the log or the database', async () => {
      const { email } = await account()
      const first = (await login(email)).body
      const second = (await refresh(first.refreshToken)).body
      await login(email, 'my secret mistake')
      const tokens = [first, second].flatMap(({ refreshToken, accessToken }) => [refreshToken, accessToken])
      const kept = await everythingKept(t)
      expect(kept).toContain(email)
      for (const secret of [PASSWORD, 'my secret mistake', ...tokens]) {
        expect(t.log.join('')).not.toContain(secret)
        expect(kept).not.toContain(secret)
      }
    })
  })
})
