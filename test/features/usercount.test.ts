import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { insertUser } from '../support/rows.ts'

const url = '/api/usercount'

describe.each(drivers)('usercount on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let reader: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    reader = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  const read = () => t.get(url, reader)
  const recalculate = (as?: SignedIn) => t.post(`${url}/recalculate`, undefined, as)

  describe('usercount refuses', () => {
    const cases: [string, () => Promise<Answer>, number, string][] = [
      ['a stranger', () => t.get(url), 401, 'UNAUTHORIZED'],
      ['a stranger who recalculates', () => recalculate(), 401, 'UNAUTHORIZED'],
      ['an interviewer who recalculates', () => recalculate(reader), 403, 'FORBIDDEN'],
      ['another method', () => t.delete(url, admin), 405, 'METHOD_NOT_ALLOWED'],
    ]
    it.each(cases)('%s', async (_what, attempt, status, code) => {
      expect((await attempt()).body).toMatchObject({ statusCode: status, code })
    })
  })

  describe('usercount', () => {
    it('counts every user, whoever adds and removes them', async () => {
      expect((await read()).body).toEqual({ totalUsers: 2, lastUpdated: expect.stringMatching(/^\d{4}-.*Z$/) })
      await insertUser(t.db, 'somebody')
      expect((await read()).body.totalUsers).toBe(3)
      await t.db.run(`DELETE FROM users WHERE id = 'somebody'`)
      expect((await read()).body.totalUsers).toBe(2)
    })

    it('finds nothing to correct in a right count, and says so', async () => {
      const answer = await recalculate(admin)
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ totalUsers: 2, before: 2, after: 2, corrected: false })
      expect((await read()).body.lastUpdated).toBe(answer.body.lastUpdated)
    })

    it('repairs a wrong count, says what it was, and tells the journal', async () => {
      await t.db.run('UPDATE user_stats SET total_users = 41')
      expect((await recalculate(admin)).body).toMatchObject({ totalUsers: 2, before: 41, after: 2, corrected: true })
      expect((await read()).body.totalUsers).toBe(2)
      const rows = await t.db.many(
        `SELECT actor_id AS "actorId", changes FROM audit_logs WHERE action = 'recalculate' ORDER BY id DESC LIMIT 1`,
      )
      expect(rows).toEqual([{ actorId: admin.id, changes: '{"totalUsers":{"from":41,"to":2}}' }])
    })

    it('makes a count that is missing', async () => {
      await t.db.run('DELETE FROM user_stats')
      expect((await read()).status).toBe(404)
      expect((await recalculate(admin)).body).toMatchObject({ before: null, after: 2, corrected: true })
      expect((await read()).body.totalUsers).toBe(2)
    })
  })
})
