import { sync as ical } from 'node-ical'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

describe.each(drivers)('calendars on $name', driver => {
  let t: TestApp
  let staff: SignedIn
  let ada: SignedIn
  let bob: SignedIn
  let adaId: string
  let bobId: string

  beforeAll(async () => {
    t = await testApp({ PUBLIC_URL: 'https://panelist.example', MAIL_FROM: 'panelist@example.com' }, driver)
    staff = await t.signedIn('talent')
    ada = await t.signedIn('interviewer')
    bob = await t.signedIn('interviewer')
    adaId = await person('Ada Lovelace', 'ada@example.com', ada.id)
    bobId = await person('Bob', 'bob@example.com', bob.id)
  })
  afterAll(() => t.close())

  const person = async (name: string, email: string, userId: string): Promise<string> => {
    const payload = { name, email, userId, timezone: 'Europe/Berlin' }
    return (await t.post('/api/interviewers', payload, staff)).body.id
  }
  let day = 0
  const book = async (more: object = {}) => {
    const startsAt = new Date(Date.UTC(2031, 0, 6 + day++, 9)).toISOString()
    const panel = [{ interviewerId: adaId, role: 'lead' }]
    const payload = { title: 'Technical interview', type: 'technical', startsAt, durationMinutes: 60, panel, ...more }
    const answer = await t.post('/api/events', payload, staff)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.body
  }
  const act = (id: string, action: string, payload: object) => t.post(`/api/events/${id}/${action}`, payload, staff)
  const feedOf = async (as: SignedIn, id: string) => t.post(`/api/interviewers/${id}/feeds`, undefined, as)
  const read = async (address: string, headers: Record<string, string> = {}) => {
    const {
      statusCode: status,
      body,
      headers: answered,
    } = await t.app.inject({ url: new URL(address).pathname, headers })
    return { status, text: body, headers: answered }
  }
  const reply = (text: string, as: SignedIn | null = staff) =>
    t.app
      .inject({
        method: 'POST',
        url: '/api/calendar/replies',
        headers: { 'content-type': 'text/calendar', ...as?.headers },
        payload: text,
      })
      .then(({ statusCode: status, body }) => ({ status, body: JSON.parse(body) }))

  describe('calendars: refusals', () => {
    it('shows feeds and files to nobody who may not see the interviewer or the interview', async () => {
      const { id } = await book()
      for (const url of [`/api/interviewers/${adaId}/feeds`, `/api/events/${id}/ics`]) {
        expect((await t.get(url)).status).toBe(401)
        expect((await t.get(url, bob)).status).toBe(404)
      }
      expect((await feedOf(bob, adaId)).status).toBe(404)
      expect((await feedOf(staff, unknown)).status).toBe(404)
      expect((await t.get(`/api/events/${unknown}/ics`, staff)).status).toBe(404)
      expect((await read(`https://x/calendar/${'a'.repeat(43)}/events.ics`)).status).toBe(404)
      expect((await read('https://x/calendar/short/events.ics')).status).toBe(400)
    })

    it('takes answers from staff alone, and only such as can be read', async () => {
      const { id } = await book()
      expect((await reply(replyText(id), null)).status).toBe(401)
      expect((await reply(replyText(id), ada)).status).toBe(403)
      expect(await reply('BEGIN:VCALENDAR')).toMatchObject(refusal(400, 'VALIDATION'))
      expect((await reply(replyText(id).replace('METHOD:REPLY', 'METHOD:REQUEST'))).status).toBe(400)
      expect((await reply(replyText(unknown))).status).toBe(404)
      const stranger = await reply(replyText(id, { attendee: 'eve@example.com' }))
      expect(stranger).toMatchObject(refusal(403, 'NOT_INVITED'))
      const json = { method: 'POST', url: '/api/calendar/replies', as: staff, payload: { a: 1 } } as const
      expect((await t.call(json)).status).toBe(415)
    })
  })

  describe('a file of an interview', () => {
    it('is the invitation, with the state it has now, to staff and to who sits in it', async () => {
      const { id, startsAt } = await book({ candidateEmail: 'alan@example.org', notes: 'Ask about tapes' })
      for (const as of [staff, ada]) {
        const answer = await t.app.inject({ url: `/api/events/${id}/ics`, headers: as.headers })
        expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8')
        expect(eventsIn(answer.body)).toMatchObject([
          {
            uid: `${id}@panelist.example`,
            status: 'CONFIRMED',
            start: new Date(startsAt),
            description: 'Notes: Ask about tapes',
          },
        ])
        const again = { 'if-none-match': String(answer.headers.etag), ...as.headers }
        expect((await t.app.inject({ url: `/api/events/${id}/ics`, headers: again })).statusCode).toBe(304)
      }
      await act(id, 'cancel', { reason: 'Filled' })
      const cancelled = (await t.app.inject({ url: `/api/events/${id}/ics`, headers: staff.headers })).body
      expect(cancelled).toContain('METHOD:CANCEL')
      expect(eventsIn(cancelled)).toMatchObject([{ status: 'CANCELLED', sequence: 1 }])
    })
  })

  describe('F11 a feed', () => {
    const admin = () => t.signedIn('admin')
    const passwordOf = { password: 'violet harbor anchors 42' }
    const change = async (maker: SignedIn, changes: object) => t.put(`/api/users/${maker.id}`, changes, await admin())

    it.each<[string, (maker: SignedIn, id: string) => Promise<Answer>]>([
      ['is disabled', maker => change(maker, { status: 'disabled' })],
      ['is removed', async maker => t.delete(`/api/users/${maker.id}`, await admin())],
      ['has another password', maker => change(maker, passwordOf)],
      ['is linked no longer', (_maker, id) => t.put(`/api/interviewers/${id}`, { userId: null }, staff)],
    ])('F11 ends at once when its maker %s', async (_what, deed) => {
      const maker = await t.signedIn('interviewer')
      const id = await person('Some Interviewer', maker.email, maker.id)
      const { eventsUrl, freebusyUrl } = (await feedOf(maker, id)).body
      for (const url of [eventsUrl, freebusyUrl]) expect((await read(url)).status).toBe(200)
      expect((await deed(maker, id)).status).toBeLessThan(300)
      for (const url of [eventsUrl, freebusyUrl]) expect((await read(url)).status).toBe(404)
    })

    it('F11 that staff made of somebody else ends when they are staff no longer, or somebody else rotates it', async () => {
      const recruiter = await t.signedIn('talent')
      const [one, two] = [(await feedOf(recruiter, bobId)).body, (await feedOf(recruiter, bobId)).body]
      const rotated = await t.post(`/api/interviewers/${bobId}/feeds/${two.id}/rotate`, undefined, staff)
      await change(recruiter, { role: 'interviewer' })
      expect((await read(one.eventsUrl)).status).toBe(404)
      expect((await read(rotated.body.eventsUrl)).status).toBe(200)
      await change(recruiter, { status: 'disabled' })
      expect((await read(rotated.body.eventsUrl)).status).toBe(200)
    })
  })

  describe('a feed', () => {
    it('is made by staff and by its owner, shows its addresses once, and keeps the secret nowhere', async () => {
      const made = await feedOf(ada, adaId)
      expect(made).toMatchObject({ status: 201, body: { interviewerId: adaId, version: 1 } })
      expect(await t.get(String(made.headers['location']), ada)).toMatchObject({
        status: 200,
        body: { id: made.body.id },
      })
      expect(made.body.eventsUrl).toMatch(/^https:\/\/panelist\.example\/calendar\/[\w-]{43}\/events\.ics$/)
      const secret = made.body.eventsUrl.split('/')[4]
      const list = await t.get(`/api/interviewers/${adaId}/feeds`, staff)
      expect(list.body.data.map(({ id }: { id: string }) => id)).toContain(made.body.id)
      expect(JSON.stringify(list.body)).not.toContain(secret)
      await read(made.body.eventsUrl)
      expect(t.log.join('')).not.toContain(secret)
      const rows = (await t.get('/api/audit-logs?entityType=feed', staff)).body.data
      expect(JSON.stringify(rows)).not.toContain(secret)
    })

    it('has the own interviews and no others, cancelled ones too, and answers 304 while nothing changes', async () => {
      const { eventsUrl } = (await feedOf(staff, bobId)).body
      const mine = await book({ panel: [{ interviewerId: bobId }] })
      const gone = await book({ panel: [{ interviewerId: bobId }] })
      await act(gone.id, 'cancel', { reason: 'Filled' })
      const first = await read(eventsUrl)
      expect(first.headers).toMatchObject({ 'content-type': 'text/calendar; charset=utf-8' })
      expect(first.headers['last-modified']).toMatch(/GMT$/)
      expect(eventsIn(first.text).map(({ uid, status }) => [uid, status])).toEqual([
        [`${mine.id}@panelist.example`, 'CONFIRMED'],
        [`${gone.id}@panelist.example`, 'CANCELLED'],
      ])
      const known = { 'if-none-match': String(first.headers.etag) }
      expect((await read(eventsUrl, known)).status).toBe(304)
      await act(mine.id, 'complete', {})
      expect((await read(eventsUrl, known)).status).toBe(200)
    })

    it('of busy times tells times alone, coalesced', async () => {
      const { freebusyUrl } = (await feedOf(staff, adaId)).body
      const startsAt = '2026-12-28T09:00:00.000Z'
      await soon(startsAt)
      await soon('2026-12-28T10:00:00.000Z')
      const { text } = await read(freebusyUrl)
      expect(text).toContain('BEGIN:VFREEBUSY')
      expect(text.replaceAll('\r\n ', '')).not.toMatch(/Technical|SUMMARY/)
      const periods = [...text.matchAll(/^FREEBUSY[^:]*:(.*)$/gm)].map(([, period]) => period?.trim())
      expect(periods).toHaveLength(1)
    })

    it('has other addresses once it is rotated, and none once it is removed', async () => {
      const { id, eventsUrl } = (await feedOf(staff, adaId)).body
      const url = `/api/interviewers/${adaId}/feeds/${id}`
      const rotated = await t.post(`${url}/rotate`, undefined, ada)
      expect(rotated).toMatchObject({ status: 200, body: { id, version: 2 } })
      expect((await read(eventsUrl)).status).toBe(404)
      expect((await read(rotated.body.eventsUrl)).status).toBe(200)
      expect((await t.delete(url, bob)).status).toBe(404)
      expect((await t.delete(url, ada)).status).toBe(204)
      expect((await read(rotated.body.eventsUrl)).status).toBe(404)
      const left = (await t.get(`/api/interviewers/${adaId}/feeds`, ada)).body.data
      expect(left.map((feed: { id: string }) => feed.id)).not.toContain(id)
    })
  })

  /** Within the year that a free/busy feed tells of. */
  const soon = (startsAt: string) => book({ startsAt })

  describe('an answer out of a calendar program', () => {
    const responseOf = async (id: string) => (await t.get(`/api/events/${id}`, staff)).body.panel[0].response

    it('sets the response of who sent it, and is in the history of the interview', async () => {
      const { id, version }: { id: string; version: number } = await book()
      const taken = await reply(replyText(id, { partstat: 'ACCEPTED', attendee: 'ADA@example.com' }))
      expect(taken).toMatchObject({ status: 200, body: { status: 'applied', eventId: id, interviewerId: adaId } })
      const after = (await t.get(`/api/events/${id}`, staff)).body
      expect(after.panel[0]).toMatchObject({ response: 'accepted', respondedAt: expect.any(String) })
      expect(after.version).toBe(version + 1)
      const [row] = (await t.get(`/api/events/${id}/history?sort=-id`, staff)).body.data
      expect(row).toMatchObject({ action: 'respond', actorId: staff.id })
      expect(row.changes).toEqual({ panel: { from: expect.any(Array), to: after.panel } })
    })

    it('is ignored when it is older than the last, by SEQUENCE and then by DTSTAMP', async () => {
      const { id, startsAt } = await book()
      const move = {
        startsAt: new Date(Date.parse(startsAt) + 7_200_000).toISOString(),
        durationMinutes: 60,
        reason: 'x',
      }
      expect((await act(id, 'reschedule', move)).status).toBe(200)
      expect((await reply(replyText(id, { sequence: 1, stamp: '20260301T090000Z' }))).body.status).toBe('applied')
      const old = await reply(replyText(id, { sequence: 0, partstat: 'DECLINED', stamp: '20260301T100000Z' }))
      expect(old.body).toMatchObject({ status: 'ignored', reason: 'the interview has changed since' })
      const late = await reply(replyText(id, { sequence: 1, partstat: 'DECLINED', stamp: '20260301T085959Z' }))
      expect(late.body).toMatchObject({ status: 'ignored', reason: 'a newer answer is known' })
      expect(await responseOf(id)).toBe('accepted')
      const newer = await reply(replyText(id, { sequence: 1, partstat: 'DECLINED', stamp: '20260301T090001Z' }))
      expect(newer.body.status).toBe('applied')
      expect(await responseOf(id)).toBe('declined')
    })

    it('of the candidate, or to what is over, changes nothing', async () => {
      const { id } = await book({ candidateEmail: 'alan@example.org' })
      const theirs = await reply(replyText(id, { attendee: 'alan@example.org' }))
      expect(theirs).toMatchObject({ status: 200, body: { status: 'ignored' } })
      await act(id, 'cancel', { reason: 'Filled' })
      expect((await reply(replyText(id, { sequence: 9 }))).body).toMatchObject({ status: 'ignored' })
    })
  })
})

interface ReplyOptions {
  readonly attendee?: string
  readonly partstat?: string
  readonly sequence?: number
  readonly stamp?: string
}

/** As calendar programs write it. */
function replyText(id: string, options: ReplyOptions = {}): string {
  const { attendee = 'ada@example.com', partstat = 'ACCEPTED', sequence = 0, stamp = '20260301T090000Z' } = options
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Some Program//EN',
    'METHOD:REPLY',
    'BEGIN:VEVENT',
    `UID:${id}@panelist.example`,
    `SEQUENCE:${sequence}`,
    `DTSTAMP:${stamp}`,
    'DTSTART:20310106T090000Z',
    'ORGANIZER:mailto:panelist@example.com',
    `ATTENDEE;CN=Somebody;PARTSTAT=${partstat}:mailto:${attendee}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

function eventsIn(text: string) {
  return Object.values(ical.parseICS(text)).flatMap(one =>
    one?.type === 'VEVENT'
      ? [
          {
            uid: one.uid,
            status: one.status,
            start: one.start,
            description: one.description,
            sequence: Number(one.sequence),
          },
        ]
      : [],
  )
}
