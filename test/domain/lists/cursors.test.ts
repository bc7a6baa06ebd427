import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../../support/app.ts'
import { drivers } from '../../support/databases.ts'

/** A cursor as it was handed out, with its third value, the offset, written as this text. */
function withOffset(cursor: string, offset: string): string {
  const [key, id, , list] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
  const [start, end] = [JSON.stringify([key, id]).slice(0, -1), JSON.stringify([list]).slice(1)]
  return Buffer.from(`${start},${offset},${end}`).toString('base64url')
}

describe.each(drivers)('cursors on $name', driver => {
  let t: TestApp
  let staff: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    staff = await t.signedIn('talent')
    for (const name of ['Ada Lovelace', 'Ada Byron', 'Ada King']) {
      const payload = { name, email: `${name.replace(' ', '.').toLowerCase()}@example.com` }
      await t.call({ method: 'POST', url: '/api/interviewers', as: staff, payload })
    }
  })
  afterAll(() => t.close())

  describe.each(['limit=1', 'limit=1&q=ada', 'limit=1&sort=-createdAt'])('of interviewers?%s', query => {
    const get = (cursor = '') =>
      t.call({ url: `/api/interviewers?${query}${cursor && `&cursor=${cursor}`}`, as: staff })

    it.each(['1e400', '1.5', '1e300', '-1', '"1"', 'null', '[1]'])(
      'F13 are refused when their offset has become %s',
      async offset => {
        const { nextCursor } = (await get()).body.pagination
        expect(await get(withOffset(nextCursor, offset))).toMatchObject({
          status: 400,
          body: { code: 'INVALID_CURSOR' },
        })
      },
    )

    it('F13 are taken when they come back as they were', async () => {
      const { nextCursor } = (await get()).body.pagination
      const answer = await get(withOffset(nextCursor, '1'))
      expect(answer).toMatchObject({ status: 200, body: { pagination: { offset: 1, total: 3, hasMore: true } } })
    })
  })
})
