import { randomUUID } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { invalid, refusal } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { everythingKept } from '../support/tables.ts'
import { withApiToken } from '../support/tokens.ts'

const url = '/api/profile'
const PASSWORD = 'violet harbor anchors 42'
const NEXT = 'seven purple lanterns 9'
const ALL = { invitations: true, changes: true, cancellations: true, reminders: true, signIns: true }

describe.each(drivers)('the profile on $name', driver => {
  let t: TestApp
  /** The hash of PASSWORD, made once: hashing is slow by design. */
  let passwordHash: string
  let somebody: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    passwordHash = await hash(PASSWORD)
    somebody = await person()
  })
  afterAll(() => t.close())

  /** An account in version 7, with a password, signed in; without a password when told. */
  const person = async (own: string | null = passwordHash, of = t): Promise<SignedIn> => {
    const signedIn = await of.signedIn('interviewer')
    await of.db.run('UPDATE users SET password_hash = :own, version = 7 WHERE id = :id', { own, id: signedIn.id })
    return signedIn
  }
  const get = (as: SignedIn, headers = {}): Promise<Answer> => t.get(url, as, headers)
  const put = (payload: object, as = somebody, headers = {}): Promise<Answer> => t.put(url, payload, as, headers)
  const changePassword = (as: SignedIn, current: string, next: string, of = t): Promise<Answer> =>
    of.put(`${url}/password`, { current, new: next }, as)
  const login = (email: string, password: string): Promise<Answer> => t.post('/api/auth/login', { email, password })
  const bearer = (answer: Answer, as: SignedIn): SignedIn => ({
    ...as,
    headers: { authorization: `Bearer ${answer.body.accessToken}` },
  })
  const journal = (entityId: string) =>
    t.db.many<{ action: string; actorId: string; entityType: string; reason: string | null; changes: string }>(
      `SELECT action, actor_id AS "actorId", entity_type AS "entityType", reason, changes FROM audit_logs
       WHERE entity_id = :entityId ORDER BY id LIMIT 50`,
      { entityId },
    )
  const written = async () => (await t.db.one<{ n: number }>('SELECT count(*) AS n FROM audit_logs'))?.n

  describe('profile: refusals', () => {
    it.each([
      ['GET', ''],
      ['PUT', ''],
      ['PUT', '/password'],
    ] as const)('refuses a stranger: %s %s', async (method, path) => {
      const answer = await t.call({ method, url: url + path })
      expect(answer).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it('refuses somebody whose account was removed', async () => {
      const gone = await person()
      await t.db.run('DELETE FROM users WHERE id = :id', { id: gone.id })
      for (const answer of [await get(gone), await put({ name: 'X' }, gone), await changePassword(gone, 'a', NEXT)]) {
        expect(answer.status).toBe(401)
      }
    })

    it.each([
      ['an empty change', {}, ''],
      ['an empty name', { name: '' }, '/name'],
      ['a name of two lines', { name: 'a\nb' }, '/name'],
      ['a name of null', { name: null }, '/name'],
      ['an unknown time zone', { timezone: 'Mars/Olympus' }, '/timezone'],
      ['no notification', { notifications: {} }, '/notifications'],
      ['an unknown notification', { notifications: { birthdays: true } }, '/notifications/birthdays'],
      ['a notification as text', { notifications: { reminders: 'no' } }, '/notifications/reminders'],
      ['a notification of null', { notifications: { reminders: null } }, '/notifications/reminders'],
      ['notifications as a list', { notifications: [] }, '/notifications'],
      ['a role', { role: 'admin' }, '/role'],
      ['an address', { email: 'other@example.com' }, '/email'],
      ['a status', { name: 'X', status: 'active' }, '/status'],
      ['a password', { password: NEXT }, '/password'],
    ])('refuses %s and names the field', async (_what, payload, path) => {
      const before = [await written(), (await get(somebody)).body]
      expect(await put(payload)).toMatchObject(invalid(path))
      expect([await written(), (await get(somebody)).body]).toEqual(before)
    })

    it('refuses a stale version with the current one', async () => {
      const stale = { status: 412, body: { code: 'VERSION_MISMATCH', details: [{ currentVersion: 7 }] } }
      expect(await put({ name: 'X' }, somebody, { 'if-match': '"1"' })).toMatchObject(stale)
    })

    it.each<[string, object, string]>([
      ['no current password', { new: NEXT }, '/current'],
      ['an empty current password', { current: '', new: NEXT }, '/current'],
      ['no new password', { current: PASSWORD }, '/new'],
      ['a short one', { current: PASSWORD, new: 'h7$kQ2!zP' }, '/new'],
      ['one of 129 characters', { current: PASSWORD, new: 'aB3$'.repeat(32) + 'x' }, '/new'],
      ['a common one', { current: PASSWORD, new: 'password123' }, '/new'],
      ['a field too many', { current: PASSWORD, new: NEXT, userId: 'x' }, '/userId'],
    ])('refuses a change of password with %s and names the field', async (_what, payload, path) => {
      const before = await written()
      const answer = await t.put(`${url}/password`, payload, somebody)
      expect(answer).toMatchObject(invalid(path))
      expect(await written()).toBe(before)
    })

    it('refuses a new password made of the own address, and repeats nothing of it', async () => {
      const [local = ''] = somebody.email.split('@')
      const answer = await changePassword(somebody, PASSWORD, local)
      expect(answer).toMatchObject({ status: 400, body: { details: [{ path: '/new' }] } })
      expect(JSON.stringify(answer.body)).not.toContain(local)
    })

    it('refuses a wrong current password with 403, and everything stays as it was', async () => {
      const ada = await person()
      const other = bearer(await login(ada.email, PASSWORD), ada)
      const before = await written()
      const answer = await changePassword(ada, 'not the password', NEXT)
      expect(answer).toMatchObject(refusal(403, 'WRONG_PASSWORD'))
      expect(answer.headers['www-authenticate']).toBeUndefined()
      expect(await written()).toBe(before)
      for (const as of [ada, other]) expect((await get(as)).status).toBe(200)
      expect((await login(ada.email, PASSWORD)).status).toBe(200)
      expect((await login(ada.email, NEXT)).status).toBe(401)
    })

    it('refuses an account without a password, with a sentence', async () => {
      const google = await person(null)
      expect(await changePassword(google, PASSWORD, NEXT)).toMatchObject(
        refusal(403, 'NO_PASSWORD', { message: expect.stringContaining('no password') }),
      )
    })

    it('refuses an API token to change the password, and lets it read and write the rest as its scopes say', async () => {
      const ada = await person()
      const script = await withApiToken(t, ada, 'profile:read', 'profile:write')
      expect((await get(script)).body.id).toBe(ada.id)
      expect((await put({ timezone: 'Europe/Berlin' }, script)).body.timezone).toBe('Europe/Berlin')
      const answer = await changePassword(script, PASSWORD, NEXT)
      expect(answer).toMatchObject(refusal(403, 'FORBIDDEN'))
    })

    it('slows down somebody who guesses the current password, whatever address they come from', async () => {
      const limited = await testApp({ AUTH_RATE_LIMIT_MAX: '3' }, driver)
      const ada = await person(passwordHash, limited)
      const payload = { current: 'a guess', new: NEXT }
      const guess = (remoteAddress: string, as = ada) =>
        limited.call({ method: 'PUT', url: `${url}/password`, as, remoteAddress, payload })
      for (const last of [1, 2, 3]) expect((await guess(`192.0.2.${last}`)).body.code).toBe('WRONG_PASSWORD')
      const slowed = await guess('192.0.2.4')
      expect(slowed).toMatchObject(refusal(429, 'RATE_LIMITED'))
      expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0)
      // From one address, whoever it is.
      const others = []
      for (let n = 0; n < 4; n += 1) {
        const next = await person(passwordHash, limited)
        others.push((await guess('192.0.2.9', next)).status)
      }
      expect(others).toEqual([403, 403, 403, 429])
      await limited.close()
    })
  })

  describe('the profile', () => {
    it('is the own account, in UTC and with every notification unless chosen otherwise', async () => {
      const ada = await person()
      const { status, body, headers } = await get(ada)
      expect(status).toBe(200)
      expect(headers['etag']).toBe('"7"')
      expect(body).toEqual({
        id: ada.id,
        email: ada.email,
        name: ada.name,
        role: 'interviewer',
        timezone: 'UTC',
        notifications: ALL,
        version: 7,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      })
      expect((await get(ada, { 'if-none-match': '"7"' })).status).toBe(304)
    })

    it('is changed field by field, and of the notifications those that are sent', async () => {
      const ada = await person()
      const wanted = { timezone: 'Europe/Berlin', notifications: { reminders: false } }
      const first = await put(wanted, ada, { 'if-match': '"7"' })
      expect(first).toMatchObject({ status: 200, headers: { etag: '"8"' } })
      expect(first.body).toMatchObject({
        name: ada.name,
        timezone: 'Europe/Berlin',
        notifications: { ...ALL, reminders: false },
        version: 8,
      })
      const second = await put({ name: 'Ada Byron', notifications: { signIns: false, reminders: true } }, ada)
      expect(second.body).toMatchObject({
        name: 'Ada Byron',
        email: ada.email,
        role: 'interviewer',
        timezone: 'Europe/Berlin',
        notifications: { ...ALL, signIns: false },
        version: 9,
      })
      expect((await get(ada)).body).toEqual(second.body)
      expect((await put({ timezone: 'UTC' }, ada)).body.notifications).toEqual({ ...ALL, signIns: false })
    })

    it('tells the journal just the difference, in the history of the user', async () => {
      const ada = await person()
      await put({ name: 'Ada Byron', timezone: 'UTC', notifications: { changes: false } }, ada)
      const rows = await journal(ada.id)
      expect(rows).toMatchObject([{ action: 'update', actorId: ada.id, entityType: 'user', reason: null }])
      expect(JSON.parse(rows[0]?.changes ?? '')).toEqual({
        name: { from: ada.name, to: 'Ada Byron' },
        notifications: { from: ALL, to: { ...ALL, changes: false } },
      })
      const boss = await t.signedIn('admin')
      const history = await t.get(`/api/users/${ada.id}/history`, boss)
      expect(history.body.pagination.total).toBe(1)
      expect((await t.get(`/api/users/${ada.id}`, boss)).body).toMatchObject({ name: 'Ada Byron', version: 8 })
    })

    it('takes what is not among the choices kept for wanted', async () => {
      const ada = await person()
      await t.db.run(`UPDATE users SET notifications = '{"changes":false}' WHERE id = :id`, { id: ada.id })
      expect((await get(ada)).body.notifications).toEqual({ ...ALL, changes: false })
      const wrong = t.db.run(`UPDATE users SET notifications = 'no' WHERE id = :id`, { id: ada.id })
      await expect(wrong).rejects.toMatchObject({ kind: 'check' })
    })
  })

  describe('a change of password', () => {
    it('ends the other sessions and leaves this one; the old password is dead, the new one signs in', async () => {
      const ada = await person()
      const [one, two] = [await login(ada.email, PASSWORD), await login(ada.email, PASSWORD)]
      const stranger = await person()
      expect(await changePassword(bearer(one, ada), PASSWORD, NEXT)).toMatchObject({ status: 204, body: '' })
      expect((await get(bearer(one, ada))).status).toBe(200)
      expect((await get(bearer(two, ada))).status).toBe(401)
      expect((await get(ada)).status).toBe(401)
      expect((await get(stranger)).status).toBe(200)
      const refresh = (of: Answer) => t.post('/api/auth/refresh', { refreshToken: of.body.refreshToken })
      expect((await refresh(one)).status).toBe(200)
      expect((await refresh(two)).status).toBe(401)
      expect((await login(ada.email, PASSWORD)).status).toBe(401)
      expect((await login(ada.email, NEXT)).status).toBe(200)
    })

    it('is told to the journal, which learns nothing of the password, as nothing kept does', async () => {
      const ada = await person()
      const secret = `lantern ${randomUUID()}`
      expect((await changePassword(ada, PASSWORD, secret)).status).toBe(204)
      expect(await journal(ada.id)).toEqual([
        {
          action: 'password',
          actorId: ada.id,
          entityType: 'user',
          reason: null,
          changes: '{"password":{"from":null,"to":"changed"}}',
        },
      ])
      const kept = await everythingKept(t)
      expect(kept).not.toContain(secret)
      expect(kept).not.toContain(PASSWORD)
      expect(t.log.join('')).not.toContain(secret)
      const rows = await t.db.many<{ changes: string }>('SELECT changes FROM audit_logs')
      expect(JSON.stringify(rows)).not.toContain('argon2')
    })

    it('succeeds once of many at the same time with the same current password', async () => {
      const ada = await person()
      const wanted = [1, 2, 3, 4].map(n => `${NEXT} number ${n}`)
      const answers = await Promise.all(wanted.map(next => changePassword(ada, PASSWORD, next)))
      const done = answers.map(({ status }) => status)
      expect([...done].sort()).toEqual([204, 403, 403, 403])
      expect((await login(ada.email, wanted[done.indexOf(204)] ?? '')).status).toBe(200)
      expect((await journal(ada.id)).filter(({ action }) => action === 'password')).toHaveLength(1)
    })

    it('looks once more when the hash was made anew meanwhile, and then succeeds', async () => {
      const ada = await person()
      const again = await hash(PASSWORD)
      const transaction = t.db.transaction.bind(t.db)
      const raced = vi.spyOn(t.db, 'transaction').mockImplementationOnce(async work => {
        await t.db.run('UPDATE users SET password_hash = :again WHERE id = :id', { again, id: ada.id })
        return transaction(work)
      })
      expect((await changePassword(ada, PASSWORD, NEXT)).status).toBe(204)
      expect(raced).toHaveBeenCalledTimes(3) // the one that came too late, the other's, and the one once more
      raced.mockRestore()
      expect((await login(ada.email, NEXT)).status).toBe(200)
      expect((await journal(ada.id)).filter(({ action }) => action === 'password')).toHaveLength(1)
    })
  })
})
