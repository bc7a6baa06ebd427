import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal } from '../support/answers.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { acceptInserts, refuseInserts } from '../support/tables.ts'

describe.each(drivers)('Idempotency-Key on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
  })
  afterAll(() => t.close())

  const send = (key: string, payload: object) =>
    t.post('/api/interviewers', payload, talent, { 'idempotency-key': key })

  it('is forgotten after 24 hours', async () => {
    const payload = { name: 'Ada', email: 'ada@example.com' }
    expect((await send('day', payload)).status).toBe(201)
    expect((await send('day', payload)).headers).toHaveProperty('idempotency-replayed')
    await t.db.run(`UPDATE idempotency_keys SET expires_at = '2020-01-01T00:00:00.000Z'`)
    expect(await send('day', payload)).toMatchObject(refusal(409, 'EMAIL_TAKEN'))
  })

  it('is not kept when the work is undone, nor the work when the key cannot be kept', async () => {
    const payload = { name: 'Bob', email: 'bob@example.com' }
    // The failure this fakes: the key's own row is refused at the very end of the transaction.
    await refuseInserts(t.db, 'idempotency_keys')
    expect((await send('atomic', payload)).status).toBe(500)
    await acceptInserts(t.db, 'idempotency_keys')
    expect(await t.db.one(`SELECT 1 AS there FROM interviewers WHERE email = 'bob@example.com'`)).toBeUndefined()
    expect((await send('atomic', payload)).status).toBe(201)
  })

  it('is refused when it is no visible ASCII of 1 to 255', async () => {
    for (const key of ['with space', 'x'.repeat(256)]) {
      expect(await send(key, { name: 'C', email: 'c@example.com' })).toMatchObject(refusal(400, 'VALIDATION'))
    }
  })
})
