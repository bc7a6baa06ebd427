import { hash } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idsOf, pagesOf, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/users'
const PASSWORD = 'violet harbor anchors 42'

describe.each(drivers)('users on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let other: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin', 'Zoe Admin')
    talent = await t.signedIn('talent', 'Tara Talent')
    other = await t.signedIn('interviewer', 'Ivan Interviewer')
  })
  afterAll(() => t.close())

  const get = (path: string, as: SignedIn = admin) => t.get(`${url}${path}`, as)
  const put = (id: string, payload: object, headers: Record<string, string> = {}, as: SignedIn = admin) =>
    t.put(`${url}/${id}`, payload, as, headers)
  const remove = (id: string, headers: Record<string, string> = {}) => t.delete(`${url}/${id}`, admin, headers)
  const post = (payload: object, headers: Record<string, string> = {}) => t.post(url, payload, admin, headers)
  const login = (email: string, password: string) => t.post('/api/auth/login', { email, password })

  let made = 0
  const body = (more: object = {}) => ({
    email: `made${++made}@example.com`,
    password: PASSWORD,
    name: 'Made Person',
    ...more,
  })
  /** Somebody with a session, in a role of their own for tests that change them. */
  const somebody = (role: SignedIn['role'] = 'interviewer') => t.signedIn(role)

  const history = (entityId: string) =>
    t.db.many<{ action: string; actorId: string; changes: string }>(
      `SELECT action, actor_id AS "actorId", changes FROM audit_logs WHERE entity_id = :entityId ORDER BY id LIMIT 50`,
      { entityId },
    )

  describe('users refuses', () => {
    const cases: [string, () => Promise<Answer>, number, string][] = [
      ['a stranger', () => t.get(url), 401, 'UNAUTHORIZED'],
      ['a list for talent', () => get('', talent), 403, 'FORBIDDEN'],
      ['a list for an interviewer', () => get('', other), 403, 'FORBIDDEN'],
      ['talent who adds somebody', () => t.post(url, body(), talent), 403, 'FORBIDDEN'],
      ['somebody who changes themself', () => put(other.id, { role: 'admin' }, {}, other), 403, 'FORBIDDEN'],
      ['talent who removes somebody', () => t.delete(`${url}/${other.id}`, talent), 403, 'FORBIDDEN'],
      ['somebody else to talent', () => get(`/${other.id}`, talent), 404, 'NOT_FOUND'],
      ['the address of somebody else to talent', () => get(`/email/${other.email}`, talent), 404, 'NOT_FOUND'],
      ['an unknown user', () => get(`/${unknown}`), 404, 'NOT_FOUND'],
      ['an unknown address', () => get('/email/nobody@example.com'), 404, 'NOT_FOUND'],
      ['a change of an unknown user', () => put(unknown, { name: 'X' }), 404, 'NOT_FOUND'],
      ['a new password of an unknown user', () => put(unknown, { password: PASSWORD }), 404, 'NOT_FOUND'],
      ['the removal of an unknown user', () => remove(unknown), 404, 'NOT_FOUND'],
      ['an id that is none', () => get('/1'), 400, 'VALIDATION'],
      ['an address that is none', () => get('/email/nobody'), 400, 'VALIDATION'],
      ['an unknown filter', () => get('?name=x'), 400, 'VALIDATION'],
      ['an unknown role', () => get('?role=owner'), 400, 'VALIDATION'],
      ['a foreign cursor', () => get('?cursor=abc'), 400, 'INVALID_CURSOR'],
      ['an empty change', () => put(other.id, {}), 400, 'VALIDATION'],
      ['a password hash from outside', () => put(other.id, { passwordHash: 'x' }), 400, 'VALIDATION'],
      ['a version from outside', () => put(other.id, { version: 7 }), 400, 'VALIDATION'],
      ['null for a name', () => put(other.id, { name: null }), 400, 'VALIDATION'],
      ['a user without a password', () => post({ email: 'x@example.com', name: 'X' }), 400, 'VALIDATION'],
      ['a guessable password', () => post(body({ password: 'password123' })), 400, 'VALIDATION'],
      ['a guessable new password', () => put(other.id, { password: 'password123' }), 400, 'VALIDATION'],
      ['a taken address in another case', () => post(body({ email: other.email.toUpperCase() })), 409, 'EMAIL_TAKEN'],
      ['a change to a taken address', () => put(other.id, { email: talent.email }), 409, 'EMAIL_TAKEN'],
      ['the removal of the last admin', () => remove(admin.id), 409, 'LAST_ADMIN'],
      ['the last admin who steps down', () => put(admin.id, { role: 'talent' }), 409, 'LAST_ADMIN'],
      ['the last admin who is disabled', () => put(admin.id, { status: 'disabled' }), 409, 'LAST_ADMIN'],
      [
        'a change of a stale version',
        () => put(other.id, { name: 'X' }, { 'if-match': '"7"' }),
        412,
        'VERSION_MISMATCH',
      ],
      ['the removal of a stale version', () => remove(other.id, { 'if-match': '"7"' }), 412, 'VERSION_MISMATCH'],
    ]
    it.each(cases)('%s', async (_what, attempt, status, code) => {
      const journal = async () => (await t.db.one<{ n: number }>('SELECT count(*) AS n FROM audit_logs'))?.n
      const before = await journal()
      expect((await attempt()).body).toMatchObject({ statusCode: status, code })
      expect(await journal()).toBe(before)
    })

    it('a change of a stale version with the present one', async () => {
      const answer = await put(other.id, { name: 'X' }, { 'if-match': '"7"' })
      expect(answer.body.details).toEqual([{ currentVersion: 1 }])
    })
  })

  describe('users', () => {
    it('are shown to an admin and to themselves, by id and by address in any case', async () => {
      const expected = {
        id: other.id,
        email: other.email,
        name: 'Ivan Interviewer',
        role: 'interviewer',
        status: 'active',
        lastLoginAt: null,
      }
      for (const as of [admin, other]) {
        const answer = await get(`/${other.id}`, as)
        expect(answer.body).toEqual({
          ...expected,
          version: 1,
          createdAt: expect.any(String),
          updatedAt: expect.any(String),
        })
        expect(answer.headers['etag']).toBe('"1"')
        expect((await get(`/email/${other.email.toUpperCase()}`, as)).body).toEqual(answer.body)
      }
    })

    it('answers 304 while the version is current', async () => {
      const answer = await t.get(`${url}/${other.id}`, other, { 'if-none-match': '"1"' })
      expect(answer.status).toBe(304)
    })

    it('are added with a role, can sign in, and are told to the journal without a secret', async () => {
      const answer = await post(body({ role: 'talent' }))
      expect(answer.status).toBe(201)
      expect(answer.headers['location']).toBe(`${url}/${answer.body.id}`)
      expect(answer.body).toMatchObject({ role: 'talent', status: 'active', version: 1, lastLoginAt: null })
      expect(Object.keys(answer.body)).not.toContain('passwordHash')
      expect((await login(answer.body.email, PASSWORD)).status).toBe(200)
      const [row] = await history(answer.body.id)
      expect(row).toMatchObject({ action: 'create', actorId: admin.id })
      expect(Object.keys(JSON.parse(row?.changes ?? '')).sort()).toEqual(['email', 'name', 'role', 'status'])
    })

    it('are interviewers unless something else is said', async () => {
      expect((await post(body())).body.role).toBe('interviewer')
    })

    it('are added once for one Idempotency-Key', async () => {
      const payload = body()
      const first = await post(payload, { 'idempotency-key': 'once' })
      const second = await post(payload, { 'idempotency-key': 'once' })
      expect(second.body).toEqual(first.body)
      expect(second.headers['idempotency-replayed']).toBe('true')
      expect((await post({ ...payload, name: 'Other' }, { 'idempotency-key': 'once' })).status).toBe(422)
    })

    it('keep no plain hash of a body that holds a password', async () => {
      const payload = body()
      await post(payload, { 'idempotency-key': 'hashed' })
      const row = await t.db.one<{ bodyHash: string }>(
        `SELECT body_hash AS "bodyHash" FROM idempotency_keys WHERE key = 'hashed'`,
      )
      const { createHash } = await import('node:crypto')
      for (const text of [JSON.stringify(payload), JSON.stringify([payload])]) {
        expect(row?.bodyHash).not.toBe(createHash('sha256').update(text).digest('base64url'))
      }
    })

    it('are changed field by field, with the next version and what differs in the journal', async () => {
      const user = await somebody()
      const answer = await put(user.id, { name: 'New Name', role: 'talent' }, { 'if-match': '"1"' })
      expect(answer.body).toMatchObject({
        id: user.id,
        email: user.email,
        name: 'New Name',
        role: 'talent',
        version: 2,
      })
      const [row] = await history(user.id)
      expect(row?.action).toBe('update')
      expect(JSON.parse(row?.changes ?? '')).toEqual({
        name: { from: user.name, to: 'New Name' },
        role: { from: 'interviewer', to: 'talent' },
      })
    })

    it('act in a changed role on their very next request', async () => {
      const user = await somebody('admin')
      expect((await get('', user)).status).toBe(200)
      await put(user.id, { role: 'interviewer' })
      expect((await get('', user)).status).toBe(403)
    })

    it('who are disabled are signed out, stay so when they are enabled again, and can then sign in', async () => {
      const { id, email } = (await post(body())).body
      const { accessToken } = (await login(email, PASSWORD)).body
      const headers = { authorization: `Bearer ${accessToken}` }
      const own = () => t.call({ method: 'GET', url: `${url}/${id}`, headers })
      expect((await own()).status).toBe(200)
      await put(id, { status: 'disabled' })
      expect((await own()).status).toBe(401)
      expect((await login(email, PASSWORD)).status).toBe(401)
      await put(id, { status: 'active' })
      expect((await own()).status).toBe(401)
      expect((await login(email, PASSWORD)).status).toBe(200)
    })

    it('with a new password are signed out, and the journal knows that but nothing of it', async () => {
      const user = await somebody()
      const answer = await put(user.id, { password: 'seven purple lanterns 9' })
      expect(answer.status).toBe(200)
      expect((await get(`/${user.id}`, user)).status).toBe(401)
      expect((await login(user.email, 'seven purple lanterns 9')).status).toBe(200)
      const [row] = await history(user.id)
      expect(row).toMatchObject({ action: 'password', changes: '{"password":{"from":null,"to":"changed"}}' })
    })

    it('who are removed take their sessions with them, and leave an interviewer without an account', async () => {
      const user = await somebody()
      const interviewer = await t.post(
        '/api/interviewers',
        { name: 'Ivan', email: 'ivan-left@example.com', userId: user.id },
        admin,
      )
      expect((await remove(user.id, { 'if-match': '"1"' })).status).toBe(204)
      expect((await get(`/${user.id}`)).status).toBe(404)
      expect((await get(`/${user.id}`, user)).status).toBe(401)
      expect(await t.db.one('SELECT count(*) AS n FROM sessions WHERE user_id = :id', { id: user.id })).toEqual({
        n: 0,
      })
      const left = await t.get(`/api/interviewers/${interviewer.body.id}`, admin)
      expect(left.body.userId).toBeNull()
      expect((await history(user.id)).map(({ action }) => action)).toEqual(['delete'])
    })

    it('who are admin can go while another is active, however many go at once', async () => {
      const apart = await testApp({}, driver)
      const admins = await Promise.all([1, 2, 3].map(() => apart.signedIn('admin')))
      const answers = await Promise.all(admins.map(as => apart.put(`${url}/${as.id}`, { role: 'talent' }, as)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409])
      await apart.close()
    })

    it('who are admin but disabled do not count as the last', async () => {
      const disabled = await somebody('admin')
      expect((await put(disabled.id, { status: 'disabled' })).status).toBe(200)
      expect((await remove(admin.id)).body.code).toBe('LAST_ADMIN')
      expect((await remove(disabled.id)).status).toBe(204)
    })
  })

  describe('the list of users', () => {
    let apart: TestApp
    let boss: SignedIn
    beforeAll(async () => {
      apart = await testApp({}, driver)
      boss = await apart.signedIn('admin', 'Boss')
      for (let i = 0; i < 7; i++) await apart.signedIn(i < 3 ? 'talent' : 'interviewer', `Person ${i}`)
      await apart.db.run(`UPDATE users SET status = 'disabled' WHERE name = 'Person 6'`)
    })
    afterAll(() => apart.close())
    const list = (query: string) => apart.get(`${url}?${query}`, boss)
    const names = (answer: Answer) => answer.body.data.map(({ name }: { name: string }) => name)

    it('is filtered by role, status and words, with the right total', async () => {
      expect((await list('role=talent')).body.pagination.total).toBe(3)
      expect(names(await list('status=disabled'))).toEqual(['Person 6'])
      expect(names(await list('q=bos'))).toEqual(['Boss'])
      expect(names(await list('q=%25'))).toEqual([])
      expect((await list('offset=100')).body.pagination.total).toBe(8)
    })

    it('is read page by page in each order, without a gap or a double', async () => {
      for (const sort of ['name', '-name', 'email', 'createdAt', '-createdAt']) {
        const seen = (await pagesOf(cursor => list(`sort=${sort}&limit=3${cursor}`))).flatMap(idsOf)
        expect(new Set(seen).size).toBe(8)
        expect(seen).toHaveLength(8)
      }
    })

    it('shows no hash of a password', async () => {
      const passwordHash = await hash(PASSWORD)
      await apart.db.run('UPDATE users SET password_hash = :passwordHash', { passwordHash })
      expect(JSON.stringify((await list('limit=100')).body)).not.toMatch(/argon2|password/i)
    })
  })
})
