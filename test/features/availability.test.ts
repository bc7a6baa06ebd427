import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invalid, outdated, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { ask } from '../support/cache.ts'
import { withApiToken } from '../support/tokens.ts'
import { drivers } from '../support/databases.ts'
import { countOf } from '../support/rows.ts'

const day = (date: string, ...windows: object[]) => ({ date, windows })
const window = (start: string, end: string) => ({ start, end })
const on = (weekday: string, start: string, end: string) => ({ weekday, start, end })
const OFFICE_HOURS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map(day => on(day, '09:00', '17:00'))
/** A week of windows such as `monday 09:00-12:00`. */
const week = (...windows: string[]) => ({
  weekly: windows.map(window => window.split(/[ -]/)).map(([day = '', start = '', end = '']) => on(day, start, end)),
})
const range = (from: string, to: string, more: object = {}) => ({ from, to, ...more })
const trip = (from: string, to: string, timezone = 'Asia/Tokyo') => ({ from, to, timezone })

describe.each(drivers)('availability on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let ada: SignedIn
  let bob: SignedIn
  /** Of Ada; what is refused is refused there. */
  let adaId: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    ada = await t.signedIn('interviewer')
    bob = await t.signedIn('interviewer')
    adaId = (await add({ userId: ada.id })).id
    await add({ userId: bob.id })
  })
  afterAll(() => t.close())

  let made = 0
  const add = async (more: object = {}) => {
    const payload = { name: 'Ada Lovelace', email: `ada${++made}@example.com`, timezone: 'Europe/Berlin', ...more }
    return (await t.post('/api/interviewers', payload, talent)).body
  }
  const urlOf = (id: string) => `/api/interviewers/${id}/availability`
  const get = (id: string, as = talent, headers = {}): Promise<Answer> => t.get(urlOf(id), as, headers)
  const put = (id: string, payload: object, as = talent, headers = {}): Promise<Answer> =>
    t.put(urlOf(id), payload, as, headers)
  const history = async (id: string) => (await t.get(`/api/interviewers/${id}/history?sort=id`, talent)).body.data

  describe('availability: refusals', () => {
    it.each(['GET', 'PUT'] as const)('refuses a stranger: %s', async method => {
      expect(await t.call({ method, url: urlOf(adaId) })).toMatchObject({
        status: 401,
        body: { code: 'UNAUTHORIZED' },
        headers: { 'www-authenticate': 'Bearer' },
      })
    })

    it('answers 404 to staff for somebody who is not there', async () => {
      for (const answer of [await get(unknown), await put(unknown, { weekly: [] })])
        expect(answer).toMatchObject(refusal(404, 'NOT_FOUND', { message: 'There is no such interviewer' }))
    })

    it('hides the hours of others from an interviewer, in the very words of somebody who is not there', async () => {
      const plain = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } })
      const never = plain(await get(unknown, bob))
      expect(never.status).toBe(404)
      expect(plain(await get(adaId, bob))).toEqual(never)
      expect(plain(await put(adaId, { weekly: [] }, bob))).toEqual(never)
      expect(plain(await put(adaId, { weekly: [] }, bob, { 'if-match': '"99"' }))).toEqual(never)
    })

    it('hides the hours of a person without an account from every interviewer', async () => {
      const { id } = await add()
      expect((await get(id, bob)).status).toBe(404)
    })

    it.each([
      ['nothing at all', {}, ''],
      ['an unknown list', { holidays: [] }, '/holidays'],
      ['a zone of the interviewer', { timezone: 'UTC' }, '/timezone'],
      ['null for a list', { weekly: null }, '/weekly'],
      ['an unknown day', { weekly: [on('noday', '09:00', '10:00')] }, '/weekly/0/weekday'],
      ['no end', { weekly: [{ weekday: 'monday', start: '09:00' }] }, '/weekly/0/end'],
      ['an hour of one digit', { weekly: [on('monday', '9:00', '10:00')] }, '/weekly/0/start'],
      ['a 61st minute', { weekly: [on('monday', '09:00', '09:60')] }, '/weekly/0/end'],
      ['a start at 24:00', { weekly: [on('monday', '24:00', '24:00')] }, '/weekly/0/start'],
      ['an end after 24:00', { weekly: [on('monday', '23:00', '24:30')] }, '/weekly/0/end'],
      ['a line feed behind a time', { weekly: [on('monday', '09:00\n', '10:00')] }, '/weekly/0/start'],
      ['71 windows', { weekly: Array.from({ length: 71 }, () => on('monday', '09:00', '10:00')) }, '/weekly'],
      ['an unknown field', { weekly: [{ ...on('monday', '09:00', '10:00'), zone: 'UTC' }] }, '/weekly/0/zone'],
      ['a day that is none', { overrides: [day('2026-02-30')] }, '/overrides/0/date'],
      ['a year before 1970', { overrides: [day('1969-12-31')] }, '/overrides/0/date'],
      ['a year after 9990', { overrides: [day('9991-01-01')] }, '/overrides/0/date'],
      ['no windows', { overrides: [{ date: '2026-03-09' }] }, '/overrides/0/windows'],
      [
        'thirteen windows of a day',
        { overrides: [day('2026-03-09', ...Array.from({ length: 13 }, () => window('09:00', '10:00')))] },
        '/overrides/0/windows',
      ],
      ['367 overrides', { overrides: Array.from({ length: 367 }, () => day('2026-03-09')) }, '/overrides'],
      ['201 times off', { timeOff: Array.from({ length: 201 }, () => range('2026-03-09', '2026-03-09')) }, '/timeOff'],
      ['an empty reason', { timeOff: [range('2026-03-09', '2026-03-09', { reason: '' })] }, '/timeOff/0/reason'],
      [
        'a reason of 201 characters',
        { timeOff: [range('2026-03-09', '2026-03-09', { reason: 'x'.repeat(201) })] },
        '/timeOff/0/reason',
      ],
      ['an instant for a date', { timeOff: [range('2026-03-09T00:00:00Z', '2026-03-09')] }, '/timeOff/0/from'],
      ['101 trips', { travel: Array.from({ length: 101 }, () => trip('2026-03-09', '2026-03-09')) }, '/travel'],
      ['an unknown zone', { travel: [trip('2026-03-09', '2026-03-09', 'Mars/Olympus')] }, '/travel/0/timezone'],
      ['an offset for a zone', { travel: [trip('2026-03-09', '2026-03-09', '+02:00')] }, '/travel/0/timezone'],
    ])('refuses %s and names the field', async (_what, payload, path) => {
      expect(await put(adaId, payload)).toMatchObject(invalid(path))
    })

    it.each([
      [
        'monday 09:00-12:00 overlaps monday 11:00-13:00',
        '/weekly/3',
        week('tuesday 11:00-13:00', 'monday 11:00-13:00', 'monday 13:00-14:00', 'monday 09:00-12:00'),
      ],
      ['monday 10:00-11:00 overlaps monday 09:00-24:00', '/weekly/1', week('monday 09:00-24:00', 'monday 10:00-11:00')],
      ['sunday 09:00-10:00 is there twice', '/weekly/1', week('sunday 09:00-10:00', 'sunday 09:00-10:00')],
      ['friday 17:00-09:00 does not start before it ends', '/weekly/0', week('friday 17:00-09:00')],
      ['friday 09:00-09:00 does not start before it ends', '/weekly/0', week('friday 09:00-09:00')],
      [
        '2026-03-09 10:00-12:00 overlaps 2026-03-09 09:00-11:00',
        '/overrides/1/windows/1',
        { overrides: [day('2026-03-10'), day('2026-03-09', window('09:00', '11:00'), window('10:00', '12:00'))] },
      ],
      [
        '2026-03-09 12:00-10:00 does not start before it ends',
        '/overrides/0/windows/0',
        { overrides: [day('2026-03-09', window('12:00', '10:00'))] },
      ],
      [
        'the override of 2026-03-09 is there twice',
        '/overrides/2',
        { overrides: [day('2026-03-09'), day('2026-03-10'), day('2026-03-09', window('09:00', '10:00'))] },
      ],
      [
        'time off 2026-08-14 to 2026-08-03 ends before it starts',
        '/timeOff/0',
        { timeOff: [range('2026-08-14', '2026-08-03')] },
      ],
      [
        'travel 2026-05-08 to 2026-05-04 ends before it starts',
        '/travel/1',
        { travel: [trip('2026-01-01', '2026-01-01'), trip('2026-05-08', '2026-05-04')] },
      ],
      [
        'travel 2026-05-08 to 2026-05-09 overlaps travel 2026-05-04 to 2026-05-08',
        '/travel/1',
        { travel: [trip('2026-05-04', '2026-05-08'), trip('2026-05-08', '2026-05-09', 'UTC')] },
      ],
    ])('refuses with the sentence: %s', async (message, path, payload) => {
      const answer = await put(adaId, payload)
      expect(answer).toMatchObject(refusal(400, 'VALIDATION', { message, details: [{ path, message }] }))
    })

    it('leaves no trace of what it refuses', async () => {
      const { id } = await add()
      const counts = async () => [await countOf(t.db, 'availability'), await countOf(t.db, 'audit_logs')]
      const [before, answer] = [await counts(), await get(id)]
      const two = [on('monday', '09:00', '12:00'), on('monday', '11:00', '13:00')]
      expect((await put(id, { overrides: [day('2026-03-09')], weekly: two })).status).toBe(400)
      expect((await put(id, { weekly: [] }, bob)).status).toBe(404)
      expect((await put(id, { weekly: [] }, talent, { 'if-match': '"7"' })).status).toBe(412)
      expect(await counts()).toEqual(before)
      expect((await get(id)).body).toEqual(answer.body)
    })

    it('refuses a stale version with 412 and the current one, before and after there is something to change', async () => {
      const { id } = await add()
      const change = (tag: string) => put(id, { weekly: [] }, talent, { 'if-match': tag })
      expect(await change('"2"')).toMatchObject(outdated(1))
      expect(await change('"1"')).toMatchObject({ status: 200, headers: { etag: '"2"' } })
      expect(await change('"1"')).toMatchObject(outdated(2))
      expect(await change('"2"')).toMatchObject({ status: 200, headers: { etag: '"3"' } })
      expect(await change('*')).toMatchObject({ status: 200, headers: { etag: '"4"' } })
    })
  })

  describe('availability', () => {
    it('of somebody who has said nothing is Monday to Friday, nine to five, and keeps no row', async () => {
      const { id, createdAt, updatedAt } = await add()
      const rows = await countOf(t.db, 'availability')
      expect(await get(id)).toMatchObject({ status: 200, headers: { etag: '"1"' } })
      expect((await get(id)).body).toEqual({
        interviewerId: id,
        timezone: 'Europe/Berlin',
        weekly: OFFICE_HOURS,
        overrides: [],
        timeOff: [],
        travel: [],
        version: 1,
        createdAt,
        updatedAt,
      })
      expect(await countOf(t.db, 'availability')).toBe(rows)
    })

    it('changes the lists that are sent and leaves the others', async () => {
      const { id, createdAt } = await add()
      const first = await put(id, { timeOff: [range('2026-08-03', '2026-08-14', { reason: 'holiday' })] })
      expect(first).toMatchObject({ status: 200, headers: { etag: '"2"' } })
      expect(first.body).toMatchObject({
        interviewerId: id,
        timezone: 'Europe/Berlin',
        weekly: OFFICE_HOURS,
        timeOff: [{ from: '2026-08-03', to: '2026-08-14', reason: 'holiday' }],
        version: 2,
        createdAt,
      })
      const second = await put(id, {
        weekly: [on('sunday', '15:00', '16:30')],
        travel: [trip('2026-05-04', '2026-05-08')],
      })
      expect(second.body).toMatchObject({
        weekly: [on('sunday', '15:00', '16:30')],
        overrides: [],
        timeOff: first.body.timeOff,
        travel: [trip('2026-05-04', '2026-05-08')],
        version: 3,
      })
      const answer = await put(id, { timeOff: [] })
      expect(answer.body).toEqual({ ...second.body, timeOff: [], version: 4, updatedAt: expect.any(String) })
    })

    it('brings each list in the order of time', async () => {
      const { id } = await add()
      const { body } = await put(id, {
        weekly: [on('sunday', '09:00', '10:00'), on('monday', '13:00', '17:00'), on('monday', '08:00', '12:00')],
        overrides: [day('2026-03-10'), day('2026-03-09', window('14:00', '15:00'), window('10:00', '12:00'))],
        timeOff: [
          range('2026-08-03', '2026-08-14'),
          range('2026-01-01', '2026-12-31'),
          range('2026-08-03', '2026-08-03'),
        ],
        travel: [trip('2026-05-09', '2026-05-09', 'UTC'), trip('2026-05-04', '2026-05-08')],
      })
      expect(body).toMatchObject({
        weekly: [on('monday', '08:00', '12:00'), on('monday', '13:00', '17:00'), on('sunday', '09:00', '10:00')],
        overrides: [day('2026-03-09', window('10:00', '12:00'), window('14:00', '15:00')), day('2026-03-10')],
        timeOff: [
          range('2026-01-01', '2026-12-31'),
          range('2026-08-03', '2026-08-14'),
          range('2026-08-03', '2026-08-03'),
        ],
        travel: [trip('2026-05-04', '2026-05-08'), trip('2026-05-09', '2026-05-09', 'UTC')],
      })
      expect((await get(id)).body).toEqual(body)
    })

    it('takes windows that touch, also over midnight at 24:00, and a day without windows', async () => {
      const { id } = await add()
      const weekly = [on('monday', '09:00', '12:00'), on('monday', '12:00', '24:00'), on('tuesday', '00:00', '24:00')]
      const overrides = [day('2026-03-09'), day('2028-02-29', window('00:00', '24:00'))]
      expect(await put(id, { weekly, overrides })).toMatchObject({ status: 200, body: { weekly, overrides } })
    })

    it('takes as much as there may be', async () => {
      const { id } = await add()
      const dates = Array.from({ length: 366 }, (_, n) => new Date(Date.UTC(2028, 0, 1 + n)).toISOString().slice(0, 10))
      const hours = (count: number) => Array.from({ length: count }, (_, n) => window(`${n + 10}:00`, `${n + 11}:00`))
      const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
      const whole = {
        weekly: days.flatMap(weekday => hours(10).map(window => ({ weekday, ...window }))),
        overrides: dates.map(date => day(date, ...hours(12))),
        timeOff: dates.slice(0, 200).map(date => range(date, date, { reason: 'x'.repeat(200) })),
        travel: dates.slice(0, 100).map(date => trip(date, date)),
      }
      expect(await put(id, whole)).toMatchObject({ status: 200, body: whole })
    })

    it('knows no reason but one that was given: null is the same as none', async () => {
      const { id } = await add()
      const { body } = await put(id, { timeOff: [range('2026-08-03', '2026-08-14', { reason: null })] })
      expect(body.timeOff).toEqual([{ from: '2026-08-03', to: '2026-08-14' }])
    })

    it('answers 304 while the ETag is current, which a change of the interviewer’s zone ends', async () => {
      const { id } = await add()
      const known = (tag: string) => get(id, talent, { 'if-none-match': tag })
      const move = (timezone: string) => t.put(`/api/interviewers/${id}`, { timezone }, talent)
      expect(await known('"1"')).toMatchObject({ status: 304, body: '' })
      await move('Asia/Kolkata')
      expect(await known('"1"')).toMatchObject({ status: 200, body: { timezone: 'Asia/Kolkata', version: 2 } })
      expect(await put(id, { weekly: [] })).toMatchObject({ status: 200, body: { version: 3 } })
      expect(await known('"3"')).toMatchObject({ status: 304 })
      await move('UTC')
      expect(await known('"3"')).toMatchObject({ status: 200, body: { timezone: 'UTC', weekly: [], version: 4 } })
    })

    it('is answered from memory until it changes, also for the first time', async () => {
      const { id } = await add()
      const cached = async () => (await ask(t.app, urlOf(id), { as: talent })).cache
      expect([await cached(), await cached()]).toEqual(['miss', 'hit'])
      await put(id, { weekly: [] })
      expect([await cached(), await cached()]).toEqual(['miss', 'hit'])
    })

    it('is journalled as a change of the interviewer, with just the lists that differ', async () => {
      const { id } = await add()
      const weekly = [on('monday', '09:00', '12:00')]
      await put(id, { weekly, timeOff: [] })
      const rows = await history(id)
      expect(rows).toHaveLength(2)
      expect(rows[1]).toMatchObject({ action: 'update', actorId: talent.id, entityType: 'interviewer', entityId: id })
      expect(rows[1].changes).toEqual({ weekly: { from: OFFICE_HOURS, to: weekly } })
    })

    it('is read and written by the interviewer whose it is, for as long as the account is linked', async () => {
      const carol = await t.signedIn('interviewer')
      const { id } = await add({ userId: carol.id })
      expect(await get(id, carol)).toMatchObject({ status: 200, body: { interviewerId: id } })
      expect(await put(id, { weekly: [] }, carol)).toMatchObject({ status: 200, body: { weekly: [], version: 2 } })
      expect((await history(id)).at(-1)).toMatchObject({ action: 'update', actorId: carol.id })
      await t.put(`/api/interviewers/${id}`, { userId: null }, talent)
      expect((await get(id, carol)).status).toBe(404)
      expect((await put(id, { weekly: OFFICE_HOURS }, carol)).status).toBe(404)
    })

    it('takes an API token of its own scope', async () => {
      const script = await withApiToken(t, talent)
      expect((await put(adaId, { travel: [] }, script)).status).toBe(200)
      const payload = { name: 'Reader', scopes: ['availability:read'] }
      const { body } = await t.post('/api/tokens', payload, talent)
      const reader = { ...talent, headers: { authorization: `Bearer ${body.secret}` } }
      expect((await get(adaId, reader)).status).toBe(200)
      const answer = await put(adaId, { travel: [] }, reader)
      expect(answer).toMatchObject({ status: 403, body: { message: 'This needs a token of scope availability:write' } })
    })

    it('goes with the interviewer', async () => {
      const { id } = await add()
      const before = await countOf(t.db, 'availability')
      await put(id, { weekly: [] })
      expect(await countOf(t.db, 'availability')).toBe(before + 1)
      expect((await t.delete(`/api/interviewers/${id}`, talent)).status).toBe(204)
      expect(await countOf(t.db, 'availability')).toBe(before)
      expect((await get(id)).status).toBe(404)
    })
  })
})
