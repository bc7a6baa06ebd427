import { hash } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idsOf, pagesOf, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/sessions'
const PASSWORD = 'violet harbor anchors 42'

describe.each(drivers)('sessions on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let owner: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent')
    owner = await t.signedIn('interviewer')
    await t.db.run('UPDATE users SET password_hash = :hash WHERE id = :id', {
      id: owner.id,
      hash: await hash(PASSWORD),
    })
  })
  afterAll(() => t.close())

  const get = (path: string, as: SignedIn) => t.get(`${url}${path}`, as)
  const end = (id: string, as: SignedIn) => t.delete(`${url}/${id}`, as)
  const auth = (path: string, payload: object) =>
    t.call({ method: 'POST', url: `/api/auth/${path}`, payload, headers: { 'user-agent': 'a test' } })
  const login = async (): Promise<{ refreshToken: string; accessToken: string }> =>
    (await auth('login', { email: owner.email, password: PASSWORD })).body

  describe('sessions refuses', () => {
    const token = 'A'.repeat(43)
    const cases: [string, () => Promise<Answer>, number, string][] = [
      ['a stranger', () => t.get(url), 401, 'UNAUTHORIZED'],
      ['a stranger with a refresh token', () => t.get(`${url}/token/${token}`), 401, 'UNAUTHORIZED'],
      ['a list of somebody else to talent', () => get(`?userId=${owner.id}`, talent), 403, 'FORBIDDEN'],
      ['the end of somebody else’s session', () => end(owner.sessionId, talent), 404, 'NOT_FOUND'],
      ['the end of an unknown session', () => end(unknown, admin), 404, 'NOT_FOUND'],
      ['an unknown refresh token', () => get(`/token/${token}`, admin), 404, 'NOT_FOUND'],
      ['a refresh token that is none', () => get('/token/abc', admin), 400, 'VALIDATION'],
      ['an id that is none', () => end('1', admin), 400, 'VALIDATION'],
      ['an unknown filter', () => get('?ip=::1', admin), 400, 'VALIDATION'],
      ['a foreign cursor', () => get('?cursor=abc', admin), 400, 'INVALID_CURSOR'],
    ]
    it.each(cases)('%s', async (_what, attempt, status, code) => {
      expect((await attempt()).body).toMatchObject({ statusCode: status, code })
    })
  })

  describe('sessions', () => {
    it('lists where the user is signed in, and to an admin where anybody is', async () => {
      await login()
      const own = await get('', owner)
      expect(own.body.pagination.total).toBe(2)
      expect(idsOf(own)).toContain(owner.sessionId)
      expect(own.body.data[0]).toEqual({
        id: expect.any(String),
        userId: owner.id,
        expiresAt: expect.any(String),
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        userAgent: 'a test',
        ip: '127.0.0.1',
      })
      expect((await get(`?userId=${owner.id}`, admin)).body.data).toEqual(own.body.data)
      expect((await get(`?userId=${owner.id}`, owner)).body.data).toEqual(own.body.data)
      expect(idsOf(await get('', admin))).toEqual([admin.sessionId])
    })

    it('reads on from page to page, although time goes on', async () => {
      for (let i = 0; i < 3; i++) await login()
      const pages = await pagesOf(cursor => get(`?limit=2${cursor}`, owner))
      expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200))
      expect(pages.flatMap(idsOf)).toEqual(idsOf(await get('', owner)))
    })

    it('shows none that has expired or ended', async () => {
      const gone = await t.signedIn('interviewer')
      await t.db.run(`UPDATE sessions SET expires_at = '2020-01-01T00:00:00.000Z' WHERE id = :id`, {
        id: gone.sessionId,
      })
      expect((await get(`?userId=${gone.id}`, admin)).body.data).toEqual([])
      expect((await end(gone.sessionId, admin)).status).toBe(404)
    })

    it('ends one at once, once, and tells the journal', async () => {
      const { accessToken, refreshToken } = await login()
      const { id } = (await get(`/token/${refreshToken}`, owner)).body
      expect((await end(id, owner)).status).toBe(204)
      expect((await end(id, owner)).status).toBe(404)
      const headers = { authorization: `Bearer ${accessToken}` }
      expect((await t.call({ method: 'GET', url, headers })).status).toBe(401)
      expect((await auth('refresh', { refreshToken })).status).toBe(401)
      const rows = await t.db.many(
        `SELECT action, actor_id AS "actorId" FROM audit_logs WHERE entity_id = :id AND action = 'end'`,
        { id },
      )
      expect(rows).toEqual([{ action: 'end', actorId: owner.id }])
    })

    it('lets an admin end anybody’s', async () => {
      const somebody = await t.signedIn('talent')
      expect((await end(somebody.sessionId, admin)).status).toBe(204)
      expect((await get('', somebody)).status).toBe(401)
    })

    it('finds one by its refresh token for its owner and for an admin, until that is used', async () => {
      const { refreshToken } = await login()
      const found = await get(`/token/${refreshToken}`, owner)
      expect(found.body).toMatchObject({ userId: owner.id, userAgent: 'a test', ip: '127.0.0.1' })
      expect((await get(`/token/${refreshToken}`, admin)).body).toEqual(found.body)
      expect((await get(`/token/${refreshToken}`, talent)).status).toBe(404)
      const next = await auth('refresh', { refreshToken })
      expect((await get(`/token/${refreshToken}`, owner)).status).toBe(404)
      expect((await get(`/token/${next.body.refreshToken}`, owner)).body.id).toBe(found.body.id)
    })

    it('never writes a token into the log, whatever the answer', async () => {
      const { refreshToken } = await login()
      await get(`/token/${refreshToken}`, owner)
      await get(`/token/${refreshToken}`, talent)
      await get(`/token/${refreshToken}?unknown=1`, owner)
      await get(`/token/${refreshToken}!`, owner)
      await t.get(`${url}/token/${refreshToken}`)
      await t.post(`${url}/token/${refreshToken}`, undefined, owner)
      await t.get(`${url}/token/${refreshToken}%ff`, owner)
      await t.get(`${url}/token/${refreshToken}/more`, owner)
      expect(t.log.join('')).toContain('/api/sessions/token/:token')
      expect(t.log.join('')).not.toContain(refreshToken)
    })
  })
})
