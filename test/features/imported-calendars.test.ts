import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { CalendarPoller } from '../../features/imported-calendars/poller.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import { WEEKDAYS } from '../../domain/scheduling/availability.ts'
import { PUBLIC_INTERNET, safeFetcher, type SafeFetch } from '../../features/imported-calendars/fetching.ts'
import { invalid, outdated, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { withApiToken } from '../support/tokens.ts'
import { selfSigned } from '../support/certificate.ts'
import { drivers } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { countOf } from '../support/rows.ts'

const { key, cert } = selfSigned()
const SECRET_PATH = '/private-4f1c88d2/basic.ics'
const DAY = 86_400_000
/** A Monday to Friday, when Berlin has summer time. */
const DATES = ['2027-04-05', '2027-04-06', '2027-04-07', '2027-04-08', '2027-04-09']
const ALL_DAY = WEEKDAYS.map(weekday => ({ weekday, start: '00:00', end: '24:00' }))

let events = 0
const event = (...lines: readonly string[]) => [
  'BEGIN:VEVENT',
  ...(lines.some(line => line.startsWith('UID')) ? [] : [`UID:${++events}@example.com`]),
  'DTSTAMP:20260301T080000Z',
  ...lines,
  'END:VEVENT',
]
const calendar = (...lists: readonly (readonly string[])[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', ...lists.flat(), 'END:VCALENDAR', ''].join('\r\n')
const meeting = (day: string, from: string, to: string, ...more: readonly string[]) =>
  event(`DTSTART:${day.replaceAll('-', '')}T${from}00Z`, `DTEND:${day.replaceAll('-', '')}T${to}00Z`, ...more)
const MONDAY_AT_NINE = calendar(meeting('2027-04-05', '0900', '1000'))

describe.each(drivers)('imported calendars on $name', driver => {
  let server: Server
  let base: string
  let asked: IncomingMessage[]
  let serve: (req: IncomingMessage, res: ServerResponse) => unknown
  let fetch: SafeFetch
  let poller: CalendarPoller
  let t: TestApp
  let talent: SignedIn
  let ada: SignedIn
  let bob: SignedIn
  /** Of Ada; what is refused is refused there. */
  let adaId: string

  beforeAll(async () => {
    server = createServer({ key, cert }, (req, res) => {
      asked.push(req)
      serve(req, res)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const port = String((server.address() as AddressInfo).port)
    base = `https://calendar.example.com:${port}`
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const allows = (address: string) => address === '127.0.0.1'
    fetch = safeFetcher({ ...PUBLIC_INTERNET, allows, resolve, ports: [port], ca: cert })
    t = await testApp({}, driver, { calendarFetcher: fetch })
    poller = new CalendarPoller({ db: t.db, audit: auditLogger, fetch, log: t.app.log })
    talent = await t.signedIn('talent')
    ada = await t.signedIn('interviewer')
    bob = await t.signedIn('interviewer')
    adaId = await person({ userId: ada.id })
    await person({ userId: bob.id })
  })
  afterAll(async () => {
    await t.close()
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = []
    offer(MONDAY_AT_NINE)
  })
  afterEach(() => void vi.useRealTimers())

  let made = 0
  /** Of their own for each test, as tests share a program; they give every hour there is. */
  async function person(more: object = {}): Promise<string> {
    const payload = { name: 'Ada Lovelace', email: `ada${++made}@example.com`, ...more }
    const { body } = await t.post('/api/interviewers', payload, talent)
    const hours = { method: 'PUT', url: `/api/interviewers/${body.id}/availability`, as: talent } as const
    expect((await t.call({ ...hours, payload: { weekly: ALL_DAY } })).status).toBe(200)
    return body.id
  }
  /** What the server answers from now on. */
  function offer(text: string, etag?: string): void {
    serve = (req, res) => {
      const known = etag !== undefined && req.headers['if-none-match'] === etag
      res.writeHead(known ? 304 : 200, { 'content-type': 'text/calendar', ...(etag && { etag }) })
      res.end(known ? undefined : text)
    }
  }
  const refuse = (status: number) => (serve = (_req, res) => res.writeHead(status).end())

  const urlOf = (id: string, rest = '') => `/api/interviewers/${id}/calendars${rest}`
  const upload = (id: string, text: string, as = talent, headers = {}): Promise<Answer> => {
    const type = { 'content-type': 'text/calendar; charset=utf-8' }
    return t.post(urlOf(id), text, as, { ...type, ...headers })
  }
  const subscribe = (id: string, more: object = {}, as = talent, headers = {}): Promise<Answer> =>
    t.post(urlOf(id), { url: base + SECRET_PATH, ...more }, as, headers)
  const get = (id: string, rest = '', as = talent): Promise<Answer> => t.get(urlOf(id, rest), as)
  const refresh = (id: string, calendarId: string, as = talent, headers = {}): Promise<Answer> =>
    t.post(urlOf(id, `/${calendarId}/refresh`), undefined, as, headers)
  const remove = (id: string, calendarId: string, as = talent, headers = {}): Promise<Answer> =>
    t.delete(urlOf(id, `/${calendarId}`), as, headers)
  const history = async (id: string) => {
    const { body } = await t.get(`/api/interviewers/${id}/history?sort=id`, talent)
    return body.data.filter(({ action }: { action: string }) => action.startsWith('calendar'))
  }
  /** As if the time had come. */
  const poll = async (calendarId: string) => {
    const past = new Date(Date.now() - 1000).toISOString()
    await t.db.run('UPDATE imported_calendars SET next_check_at = :past WHERE id = :calendarId', { calendarId, past })
    await poller.poll()
  }
  const kept = (id: string) =>
    t.db.one<Record<string, string | number | null>>('SELECT * FROM imported_calendars WHERE id = :id', { id })
  const search = async (id: string, days: readonly string[] = DATES, more: object = {}) => {
    const from = `${days[0]}T00:00:00Z`
    const to = new Date(Date.parse(`${days.at(-1)}T00:00:00Z`) + DAY).toISOString()
    const seats = [{ interviewerIds: [id] }]
    const payload = { from, to, durationMinutes: 60, stepMinutes: 60, seats, limit: 500, explain: true, ...more }
    const { status, body } = await t.post('/api/availability/search', payload, talent)
    expect(status).toBe(200)
    return body
  }
  /** The full hours of these days, in UTC, in which somebody is not offered. */
  const taken = async (id: string, days: readonly string[] = DATES): Promise<string[]> => {
    const { slots } = await search(id, days)
    const free = new Set(slots.map(({ startsAt }: { startsAt: string }) => startsAt))
    const hours = days.flatMap(day =>
      Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}:00:00.000Z`),
    )
    return hours.filter(hour => !free.has(hour)).map(hour => hour.slice(5, 13))
  }
  const hoursOf = (day: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${day.slice(5)}T${String(from + index).padStart(2, '0')}`)

  describe('refusals', () => {
    it.each([
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${unknown}`],
      ['POST', `/${unknown}/refresh`],
      ['DELETE', `/${unknown}`],
    ] as const)('refuses a stranger: %s %s', async (method, rest) => {
      expect(await t.call({ method, url: urlOf(adaId, rest) })).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it('answers 404 to staff for somebody who is not there, and asks no server', async () => {
      for (const answer of [
        await get(unknown),
        await get(unknown, `/${unknown}`),
        await subscribe(unknown),
        await upload(unknown, MONDAY_AT_NINE),
        await upload(unknown, 'no calendar'),
        await refresh(unknown, unknown),
        await remove(unknown, unknown),
      ]) {
        expect(answer).toMatchObject({ status: 404, body: { message: 'There is no such interviewer' } })
      }
      expect(asked).toHaveLength(0)
    })

    it('hides the calendars of others from an interviewer, in the very words of somebody who is not there', async () => {
      const { body } = await upload(adaId, MONDAY_AT_NINE)
      const plain = ({ status, body: { requestId: _, ...told } }: Answer) => ({ status, told })
      for (const ask of [
        (id: string) => get(id, '', bob),
        (id: string) => get(id, `/${body.id}`, bob),
        (id: string) => subscribe(id, {}, bob),
        (id: string) => upload(id, MONDAY_AT_NINE, bob),
        (id: string) => refresh(id, body.id, bob, { 'if-match': '"99"' }),
        (id: string) => remove(id, body.id, bob, { 'if-match': '"99"' }),
      ]) {
        const never = plain(await ask(unknown))
        expect(never.status).toBe(404)
        expect(plain(await ask(adaId))).toEqual(never)
      }
      expect(asked).toHaveLength(0)
      expect((await get(adaId, `/${body.id}`)).status).toBe(200)
    })

    it('answers 404 for a calendar that is not there, or of somebody else', async () => {
      const { body } = await upload(await person(), MONDAY_AT_NINE)
      for (const id of [unknown, body.id]) {
        for (const answer of [await get(adaId, `/${id}`), await refresh(adaId, id), await remove(adaId, id)])
          expect(answer).toMatchObject({ status: 404, body: { message: 'There is no such calendar' } })
      }
    })

    it.each([
      ['no url', { url: undefined }, '/url'],
      ['plain http', { url: 'http://calendar.example.com/' }, '/url'],
      ['what is no url', { url: 'https://' }, '/url'],
      ['a url with a line feed', { url: 'https://a.b/\nx' }, '/url'],
      ['a url of 2001 characters', { url: `https://a.b/${'x'.repeat(1989)}` }, '/url'],
      ['a url with a password', { url: 'https://ada:secret@calendar.example.com/' }, '/url'],
      ['a port of another service', { url: 'https://calendar.example.com:22/' }, '/url'],
      ['an empty name', { name: '' }, '/name'],
      ['a name of 121 characters', { name: 'x'.repeat(121) }, '/name'],
      ['an unknown field', { color: 'red' }, '/color'],
      ['a field of the database', { status: 'ok' }, '/status'],
    ])('refuses %s and names the field', async (_what, more, path) => {
      const before = await countOf(t.db, 'imported_calendars')
      const answer = await subscribe(adaId, more)
      expect(answer).toMatchObject(invalid(path))
      expect(JSON.stringify(answer.body)).not.toContain('secret')
      expect(await countOf(t.db, 'imported_calendars')).toBe(before)
      expect(asked).toHaveLength(0)
    })

    it.each([
      ['a text', 'hello'],
      ['half a calendar', MONDAY_AT_NINE.slice(0, 120)],
      ['a page', '<html></html>'],
    ])('refuses to keep %s that is uploaded, and says why', async (_what, text) => {
      const before = [await countOf(t.db, 'imported_calendars'), await countOf(t.db, 'audit_logs')]
      expect(await upload(adaId, text)).toMatchObject(
        refusal(400, 'VALIDATION', { details: [{ path: '/body', message: expect.stringMatching(/calendar/i) }] }),
      )
      expect([await countOf(t.db, 'imported_calendars'), await countOf(t.db, 'audit_logs')]).toEqual(before)
    })

    it('refuses an empty upload, one with a NUL, no body at all, 5 MiB and more, and other types', async () => {
      expect(await upload(adaId, '')).toMatchObject(refusal(400, 'VALIDATION'))
      expect(await upload(adaId, `${MONDAY_AT_NINE}\0`)).toMatchObject(refusal(400, 'VALIDATION'))
      expect(await t.post(urlOf(adaId), undefined, talent)).toMatchObject(refusal(400, 'VALIDATION'))
      expect(await upload(adaId, 'x'.repeat(5 * 1024 * 1024 + 1))).toMatchObject(refusal(413, 'PAYLOAD_TOO_LARGE'))
      expect(await subscribe(adaId, { name: 'x'.repeat(1024 * 1024) })).toMatchObject(refusal(413, 'PAYLOAD_TOO_LARGE'))
      const xml = await upload(adaId, '<x/>', talent, { 'content-type': 'text/xml' })
      expect(xml).toMatchObject(refusal(415, 'UNSUPPORTED_MEDIA_TYPE'))
    })

    it('refuses a stale version with 412 and asks nobody', async () => {
      const id = await person()
      const { body } = await subscribe(id)
      asked = []
      const stale = outdated(1)
      expect(await refresh(id, body.id, talent, { 'if-match': '"9"' })).toMatchObject(stale)
      expect(await remove(id, body.id, talent, { 'if-match': '"9"' })).toMatchObject(stale)
      expect(asked).toHaveLength(0)
      expect((await remove(id, body.id, talent, { 'if-match': '"1"' })).status).toBe(204)
    })

    it('refuses a twenty-first calendar', async () => {
      const id = await person()
      for (let count = 0; count < 20; count += 1) expect((await upload(id, MONDAY_AT_NINE)).status).toBe(201)
      expect(await upload(id, MONDAY_AT_NINE)).toMatchObject(refusal(409, 'CALENDARS_FULL'))
    })

    it('lets a token near only with the scope for it', async () => {
      const script = await withApiToken(t, talent)
      expect((await get(adaId, '', script)).status).toBe(200)
      const payload = { name: 'Reader', scopes: ['availability:read'] }
      const { body } = await t.post('/api/tokens', payload, talent)
      const reader = { ...talent, headers: { authorization: `Bearer ${body.secret}` } }
      expect((await get(adaId, '', reader)).status).toBe(200)
      expect((await upload(adaId, MONDAY_AT_NINE, reader)).status).toBe(403)
    })
  })

  describe('an upload', () => {
    it('takes its time away, and deleting it gives that back', async () => {
      const id = await person()
      const answer = await upload(id, MONDAY_AT_NINE)
      expect(answer).toMatchObject({
        status: 201,
        headers: { location: urlOf(id, `/${answer.body.id}`), etag: '"1"' },
        body: { interviewerId: id, source: 'upload', host: null, status: 'ok', problem: null, busy: 1, version: 1 },
      })
      expect(Date.parse(answer.body.expandedUntil)).toBeGreaterThan(Date.now() + 729 * DAY)
      expect(await taken(id)).toEqual(['04-05T09'])
      expect((await get(id, `/${answer.body.id}`)).body).toEqual(answer.body)
      expect((await get(id)).body).toMatchObject({ data: [answer.body], pagination: { total: 1 } })

      expect((await remove(id, answer.body.id)).status).toBe(204)
      expect(await taken(id)).toEqual([])
      expect((await get(id)).body).toMatchObject({ data: [], pagination: { total: 0 } })
      const actions = (await history(id)).map(({ action }: { action: string }) => action)
      expect(actions).toEqual(['calendar_added', 'calendar_removed'])
    })

    it('is a person’s own to make, see and remove', async () => {
      const answer = await upload(adaId, MONDAY_AT_NINE, ada)
      expect(answer.status).toBe(201)
      expect((await get(adaId, `/${answer.body.id}`, ada)).status).toBe(200)
      expect((await refresh(adaId, answer.body.id, ada)).status).toBe(200)
      expect((await remove(adaId, answer.body.id, ada)).status).toBe(204)
    })

    it('is made once for an Idempotency-Key, and once for another interviewer with the same', async () => {
      const [id, other] = [await person(), await person()]
      const headers = { 'idempotency-key': 'once' }
      const first = await upload(id, MONDAY_AT_NINE, talent, headers)
      const again = await upload(id, MONDAY_AT_NINE, talent, headers)
      expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } })
      expect((await upload(id, calendar(), talent, headers)).status).toBe(422)
      expect((await get(id)).body.pagination.total).toBe(1)
      const theirs = await upload(other, MONDAY_AT_NINE, talent, headers)
      expect(theirs).toMatchObject({ status: 201, body: { interviewerId: other } })
      expect(theirs.headers).not.toHaveProperty('idempotency-replayed')
    })

    it('adds up with others, whatever they overlap', async () => {
      const id = await person()
      await upload(id, calendar(meeting('2027-04-05', '0900', '1100'), meeting('2027-04-05', '1000', '1200')))
      await upload(id, calendar(meeting('2027-04-05', '1130', '1330'), meeting('2027-04-06', '0000', '0100')))
      expect(await taken(id)).toEqual([...hoursOf('2027-04-05', 9, 14), '04-06T00'])
      const { explain } = await search(id)
      expect(explain[0]).toMatchObject({ minutes: { imported: 330 } })
      expect(explain[0]).not.toHaveProperty('problem')
    })

    it('goes with its interviewer', async () => {
      const id = await person()
      const { body } = await upload(id, MONDAY_AT_NINE)
      await t.delete(`/api/interviewers/${id}`, talent)
      expect(await kept(body.id)).toBeUndefined()
      const busy = 'SELECT count(*) AS total FROM imported_busy WHERE calendar_id = :id'
      expect(await t.db.one(busy, { id: body.id })).toEqual({ total: 0 })
    })

    it('is expanded anew once a day', async () => {
      const id = await person()
      const { body } = await upload(id, MONDAY_AT_NINE)
      expect(Date.parse(String((await kept(body.id))?.['next_check_at'])) - Date.now()).toBeGreaterThan(0.99 * DAY)
      const until = new Date(Date.now() + 700 * DAY).toISOString()
      await t.db.run('UPDATE imported_calendars SET expanded_until = :until WHERE id = :id', { until, id: body.id })
      await poll(body.id)
      expect(Date.parse((await get(id, `/${body.id}`)).body.expandedUntil)).toBeGreaterThan(Date.now() + 729 * DAY)
      expect(await taken(id)).toEqual(['04-05T09'])
      expect(await history(id)).toHaveLength(1)
    })
  })

  describe('what is busy', () => {
    const busy = async (timezone: string, ...lists: readonly (readonly string[])[]) => {
      const id = await person({ timezone })
      expect((await upload(id, calendar(...lists))).body).toMatchObject({ status: 'ok' })
      return taken(id)
    }
    const DAY_OF_TUESDAY = ['DTSTART;VALUE=DATE:20270406', 'DTEND;VALUE=DATE:20270407']

    it('A17: an all-day event blocks the owner’s whole local day, not the UTC day', async () => {
      const inTokyo = await busy('Asia/Tokyo', event(...DAY_OF_TUESDAY))
      expect(inTokyo).toEqual([...hoursOf('2027-04-05', 15, 24), ...hoursOf('2027-04-06', 0, 15)])
      const inNewYork = await busy('America/New_York', event(...DAY_OF_TUESDAY))
      expect(inNewYork).toEqual([...hoursOf('2027-04-06', 4, 24), ...hoursOf('2027-04-07', 0, 4)])
    })

    it('A17: in the zone the owner has moved to; until it is known, at no time', async () => {
      const id = await person({ timezone: 'Asia/Tokyo' })
      const { body } = await upload(id, calendar(event(...DAY_OF_TUESDAY)))
      const payload = { timezone: 'America/New_York' }
      expect((await t.put(`/api/interviewers/${id}`, payload, talent)).status).toBe(200)
      expect((await get(id, `/${body.id}`)).body).toMatchObject({ status: 'pending', expandedUntil: null })
      const { slots, explain } = await search(id)
      expect(slots).toEqual([])
      expect(explain[0].problem).toBe('Uploaded calendar: It has not been read yet')
      await poller.poll()
      expect(await taken(id)).toEqual([...hoursOf('2027-04-06', 4, 24), ...hoursOf('2027-04-07', 0, 4)])
      expect(await history(id)).toHaveLength(1)
    })

    it('A18: transparent and cancelled events are free, tentative ones are not', async () => {
      expect(
        await busy(
          'UTC',
          event(...DAY_OF_TUESDAY, 'TRANSP:TRANSPARENT'),
          meeting('2027-04-05', '0900', '1000', 'STATUS:CANCELLED'),
          meeting('2027-04-05', '1100', '1200', 'STATUS:TENTATIVE'),
        ),
      ).toEqual(['04-05T11'])
    })

    it('A19: a series with one moved instance and one left out', async () => {
      const uid = 'UID:series@example.com'
      expect(
        await busy(
          'UTC',
          meeting('2027-04-05', '0900', '1000', uid, 'RRULE:FREQ=DAILY;COUNT=4', 'EXDATE:20270407T090000Z'),
          meeting('2027-04-06', '1500', '1600', uid, 'RECURRENCE-ID:20270406T090000Z'),
        ),
      ).toEqual(['04-05T09', '04-06T15', '04-08T09'])
    })

    it('A20: a meeting at 09:00 in Berlin blocks by its own zone, across the change of the clocks', async () => {
      const id = await person({ timezone: 'America/New_York' })
      const weekly = event(
        'DTSTART;TZID=Europe/Berlin:20270322T090000',
        'DTEND;TZID=Europe/Berlin:20270322T100000',
        'RRULE:FREQ=WEEKLY;COUNT=2',
      )
      expect((await upload(id, calendar(weekly))).status).toBe(201)
      expect(await taken(id, ['2027-03-22', '2027-03-29'])).toEqual(['03-22T08', '03-29T07'])
    })
  })

  describe('a url', () => {
    it('is asked at once, and shows its host alone', async () => {
      const id = await person()
      expect(await subscribe(id, { name: 'Work' })).toMatchObject({
        status: 201,
        body: { name: 'Work', source: 'url', host: new URL(base).host, status: 'ok', busy: 1 },
      })
      expect(asked[0]?.url).toBe(SECRET_PATH)
      expect(await taken(id)).toEqual(['04-05T09'])
      expect((await subscribe(id)).body.name).toBe(new URL(base).host)
    })

    it('is kept when it cannot be read: its person is not offered, and the reason is shown (A41)', async () => {
      const id = await person()
      refuse(404)
      const answer = await subscribe(id, { name: 'Work' })
      expect(answer).toMatchObject({
        status: 201,
        body: { status: 'unreadable', problem: 'The server answers 404', busy: 0, expandedUntil: null },
      })
      const { slots, explain } = await search(id)
      expect(slots).toEqual([])
      expect(explain[0]).toMatchObject({ minutes: { free: 0 }, problem: 'Work: The server answers 404' })
      const span = `from=${DATES[0]}T00:00:00Z&to=${DATES[4]}T00:00:00Z&durationMinutes=60`
      expect((await t.get(`/api/interviewers/${id}/slots?${span}`, talent)).body).toEqual({ slots: [] })

      offer(MONDAY_AT_NINE)
      await poll(answer.body.id)
      expect(await taken(id)).toEqual(['04-05T09'])
    })

    it('is not taken for free by a booking that looks for people (A41)', async () => {
      const id = await person()
      refuse(500)
      await subscribe(id)
      const payload = {
        ...{ title: 'Interview', type: 'technical', startsAt: '2027-04-05T09:00:00Z', durationMinutes: 60 },
        seats: [{ interviewerIds: [id] }],
      }
      expect(await t.post('/api/events', payload, talent)).toMatchObject(
        refusal(409, 'NO_PANEL_AVAILABLE', {
          details: [{ problem: expect.stringContaining('The server answers 500') }],
        }),
      )
    })

    it('is polled every 15 minutes, and not sent again while it is the same', async () => {
      const id = await person()
      offer(MONDAY_AT_NINE, '"1"')
      const { body } = await subscribe(id)
      const due = Date.parse(String((await kept(body.id))?.['next_check_at'])) - Date.now()
      expect(Math.round(due / 60_000)).toBe(15)
      await poll(body.id)
      expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"'])
      expect(await taken(id)).toEqual(['04-05T09'])

      offer(calendar(meeting('2027-04-06', '1000', '1100'), meeting('2027-04-06', '1200', '1300')), '"2"')
      await poll(body.id)
      expect(await taken(id)).toEqual(['04-06T10', '04-06T12'])
      expect((await get(id, `/${body.id}`)).body).toMatchObject({ status: 'ok', busy: 2 })
      await poller.poll()
      expect(asked).toHaveLength(3)
      expect(await history(id)).toHaveLength(1)
    })

    it('is expanded anew though it is the same, when the time that is known grows short or the zone is another', async () => {
      const id = await person()
      offer(calendar(event('DTSTART;VALUE=DATE:20270406')), '"1"')
      const { body } = await subscribe(id)
      const payload = { timezone: 'Asia/Tokyo' }
      await t.put(`/api/interviewers/${id}`, payload, talent)
      await poller.poll()
      expect(asked).toHaveLength(2)
      expect(await taken(id)).toEqual([...hoursOf('2027-04-05', 15, 24), ...hoursOf('2027-04-06', 0, 15)])
      expect((await get(id, `/${body.id}`)).body.status).toBe('ok')
    })

    it('tells the journal once when it can no longer be read, and when it can again', async () => {
      const id = await person()
      const { body } = await subscribe(id, { name: 'Work' })
      for (const text of ['gone', 'gone for good']) {
        offer(text)
        await poll(body.id)
        expect((await get(id, `/${body.id}`)).body).toMatchObject({ status: 'unreadable' })
      }
      expect(await kept(body.id)).toMatchObject({ failures: 2, text: MONDAY_AT_NINE })
      expect((await search(id)).slots).toEqual([])
      offer(MONDAY_AT_NINE)
      await poll(body.id)
      expect(await kept(body.id)).toMatchObject({ failures: 0, problem: null })
      expect(await taken(id)).toEqual(['04-05T09'])
      const rows = await history(id)
      expect(rows.map(({ action, actorName }: Record<string, string>) => [action, actorName])).toEqual([
        ['calendar_added', talent.name],
        ['calendar_unreadable', 'calendar polling'],
        ['calendar_readable', 'calendar polling'],
      ])
      expect(rows[1].changes).toMatchObject({ calendarId: { to: body.id }, status: { from: 'ok', to: 'unreadable' } })
    })

    it('is asked ever more seldom while it fails, but at least every six hours', async () => {
      const { body } = await subscribe(await person())
      refuse(503)
      const waits: number[] = []
      for (let failure = 0; failure < 7; failure += 1) {
        await poll(body.id)
        const next = Date.parse(String((await kept(body.id))?.['next_check_at']))
        waits.push(Math.round((next - Date.now()) / 60_000))
      }
      expect(waits).toEqual([15, 30, 60, 120, 240, 360, 360])
    })

    it('is read at once when somebody asks for that', async () => {
      const id = await person()
      refuse(500)
      const { body } = await subscribe(id)
      offer(MONDAY_AT_NINE)
      expect(await refresh(id, body.id)).toMatchObject({ status: 200, body: { status: 'ok', busy: 1, version: 2 } })
      expect((await history(id)).at(-1)).toMatchObject({
        action: 'calendar_refreshed',
        actorName: talent.name,
        changes: { status: { from: 'unreadable', to: 'ok' } },
      })
    })

    it('may send a calendar that no database could keep', async () => {
      const id = await person()
      offer(MONDAY_AT_NINE.replace('PRODID:', 'PRODID:\0'))
      expect((await subscribe(id)).body).toMatchObject({ status: 'unreadable' })
    })

    it('is known up to some day; whoever is asked for after it is not offered', async () => {
      const id = await person()
      const { body } = await subscribe(id, { name: 'Work' })
      const until = '2027-04-07T12:00:00.000Z'
      await t.db.run('UPDATE imported_calendars SET expanded_until = :until WHERE id = :id', { until, id: body.id })
      expect(await taken(id, DATES.slice(0, 2))).toEqual(['04-05T09'])
      const { slots, explain } = await search(id)
      expect(slots).toEqual([])
      expect(explain[0].problem).toBe(`Work: It is known until ${until}`)
    })

    it('is not offered because of one calendar, however readable the others are', async () => {
      const id = await person()
      await upload(id, MONDAY_AT_NINE)
      refuse(404)
      await subscribe(id)
      expect((await search(id)).slots).toEqual([])
    })

    it('is shown to nobody: not in an answer, the journal or the log', async () => {
      const id = await person()
      const { body } = await subscribe(id)
      refuse(404)
      await poll(body.id)
      await refresh(id, body.id)
      await remove(id, body.id)
      const journal = await t.db.many<object>('SELECT * FROM audit_logs')
      const keys = await t.db.many<object>('SELECT * FROM idempotency_keys')
      const shown = [body, (await get(id)).body, await history(id), journal, keys].map(one => JSON.stringify(one))
      for (const text of [...shown, ...t.log]) expect(text).not.toContain('private-4f1c88d2')
    })
  })

  describe('work', () => {
    it('F03 refreshing is counted for each calendar, and done once for all who ask at the same time', async () => {
      const id = await person()
      const { body } = await subscribe(id)
      let answer: () => void = () => undefined
      const held = new Promise<void>(resolve => (answer = resolve))
      const answers = serve
      serve = (req, res) => void held.then(() => answers(req, res))
      asked = []
      const looks = vi.spyOn(t.db, 'one')
      const looked = ([sql]: readonly [string, ...unknown[]], index: number) =>
        sql.includes('interviewers.timezone, source, url') && looks.mock.settledResults[index]?.type === 'fulfilled'
      const begun = () => looks.mock.calls.filter(looked).length
      const all = Promise.all([refresh(id, body.id), refresh(id, body.id), refresh(id, body.id)])
      await eventually(() => expect([begun(), asked.length]).toEqual([3, 1]))
      looks.mockRestore()
      answer()
      expect((await all).map(({ status }) => status)).toEqual([200, 200, 200])
      expect(asked).toHaveLength(1)
      let last = await refresh(id, body.id)
      for (let times = 0; last.status === 200 && times < 10; times += 1) last = await refresh(id, body.id)
      expect(last).toMatchObject(refusal(429, 'RATE_LIMITED'))
      expect(Number(last.headers['retry-after'])).toBeGreaterThan(0)
    })
  })

  describe('polling', () => {
    it('takes each calendar once, however many instances there are', async () => {
      const ids: string[] = []
      const one = await person()
      for (let count = 0; count < 6; count += 1) ids.push((await subscribe(one)).body.id)
      const past = new Date(Date.now() - 1000).toISOString()
      await t.db.run('UPDATE imported_calendars SET next_check_at = :past WHERE interviewer_id = :one', { past, one })
      asked = []
      let [atOnce, most] = [0, 0]
      serve = (_req, res) => {
        most = Math.max(most, (atOnce += 1))
        setTimeout(() => {
          atOnce -= 1
          res.writeHead(200, { 'content-type': 'text/calendar' }).end(MONDAY_AT_NINE)
        }, 30)
      }
      const other = new CalendarPoller({ db: t.db, audit: auditLogger, fetch, log: t.app.log })
      await Promise.all([poller.poll(), other.poll(), poller.poll()])
      expect(asked).toHaveLength(ids.length)
      expect(most).toBeLessThanOrEqual(8)
    })

    it('F30 goes on when the clock was set back an hour, each calendar once', async () => {
      const { body } = await subscribe(await person())
      const hour = new Date(Date.now() + 3_600_000).toISOString()
      const ahead = 'UPDATE imported_calendars SET checked_at = :hour, next_check_at = :hour WHERE id = :id'
      await t.db.run(ahead, { hour, id: body.id })
      asked = []
      serve = (_req, res) => void res.writeHead(200, { 'content-type': 'text/calendar' }).end(MONDAY_AT_NINE)
      const other = new CalendarPoller({ db: t.db, audit: auditLogger, fetch, log: t.app.log })
      await Promise.all([poller.poll(), other.poll()])
      await poller.poll()
      expect(asked).toHaveLength(1)
    })

    it('happens by itself every minute, and ends with the program', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      const due: string[] = []
      const db = { ...t.db, many: async (sql: string) => (due.push(sql), []) }
      const own = new CalendarPoller({ db, audit: auditLogger, fetch, log: t.app.log })
      own.start()
      expect(due).toHaveLength(0)
      await vi.advanceTimersByTimeAsync(60_000)
      await own.poll()
      expect(due.length).toBeGreaterThanOrEqual(1)
      await own.stop()
      const before = due.length
      await vi.advanceTimersByTimeAsync(600_000)
      expect(due).toHaveLength(before)
    })

    it('lets go of what it is reading when the program ends, and changes nothing', async () => {
      const id = await person()
      const { body } = await subscribe(id)
      serve = () => undefined // never answers
      const past = new Date(Date.now() - 1000).toISOString()
      await t.db.run('UPDATE imported_calendars SET next_check_at = :past WHERE id = :id', { past, id: body.id })
      const own = new CalendarPoller({ db: t.db, audit: auditLogger, fetch, log: t.app.log })
      asked = []
      const round = own.poll()
      await eventually(() => expect(asked).toHaveLength(1))
      await own.stop()
      await round
      expect((await get(id, `/${body.id}`)).body.status).toBe('ok')
    })

    it('is logged when it fails, and goes on', async () => {
      const broken = { ...t.db, many: () => Promise.reject(new Error('no database')) } as unknown as TestApp['db']
      await new CalendarPoller({ db: broken, audit: auditLogger, fetch, log: t.app.log }).poll()
      expect(t.log.some(line => line.includes('the calendars were not read'))).toBe(true)
    })
  })
})

// On the program as it is, with no fetcher of a test.
test('A44: refuses what is not on the public internet; a name that means such a machine is unreadable', async () => {
  const strict = await testApp()
  const boss = await strict.signedIn('admin')
  const add = { name: 'Ada Lovelace', email: 'ada@example.com' }
  const { body } = await strict.post('/api/interviewers', add, boss)
  const ask = { method: 'POST', url: `/api/interviewers/${body.id}/calendars`, as: boss } as const
  const message = 'The address leads to a machine that is not on the public internet'
  for (const url of [
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://169.254.169.254/latest/meta-data',
  ]) {
    expect(await strict.call({ ...ask, payload: { url } })).toMatchObject(
      refusal(400, 'VALIDATION', { message, details: [{ path: '/url', message }] }),
    )
  }
  expect(await strict.call({ ...ask, payload: { url: 'https://localhost/' } })).toMatchObject({
    status: 201,
    body: { status: 'unreadable', problem: message, host: 'localhost' },
  })
  await strict.close()
})
