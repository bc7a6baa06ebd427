import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sync as ical } from 'node-ical'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Courier } from '../../features/outbox/courier.ts'
import { folderTransport, smtpTransport, type Transport } from '../../features/outbox/transport.ts'
import { refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { mailServer, type MailServer, type Received } from '../support/mail.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe.each(drivers)('mails on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let staff: SignedIn
  let smtp: MailServer
  let courier: Courier

  beforeAll(async () => {
    smtp = await mailServer()
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    staff = await t.signedIn('talent')
    courier = courierOf(smtpTransport(smtp.url))
    await courier.work() // not started: a round of its own would take mails from those that are told to it here
  })
  afterAll(async () => {
    await courier.close()
    await t.close()
    await smtp.close()
  })
  afterEach(() => {
    vi.useRealTimers()
    smtp.refusal = undefined
  })

  const courierOf = (transport: Transport, reminders: number[] = []) =>
    new Courier({
      db: t.db,
      transport,
      from: 'panelist@example.com',
      log: t.app.log,
      rules: { host: 'panelist.example', organizer: 'panelist@example.com', reminders },
    })

  let made = 0
  const person = async (name: string, more: object = {}): Promise<{ id: string; email: string }> => {
    const payload = { name, email: `person${++made}@example.com`, timezone: 'Europe/Berlin', ...more }
    return (await t.post('/api/interviewers', payload, staff)).body
  }
  let day = 0
  const book = async (people: { id: string }[], more: object = {}): Promise<Answer> => {
    const startsAt = new Date(Date.UTC(2030, 0, 7 + day++, 9)).toISOString()
    const panel = people.map(({ id }) => ({ interviewerId: id }))
    const payload = { title: 'Technical interview', type: 'technical', startsAt, durationMinutes: 60, panel, ...more }
    const answer = await t.post('/api/events', payload, staff)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer
  }
  const act = async (id: string, action: string, payload: object) => {
    const answer = await t.post(`/api/events/${id}/${action}`, payload, staff)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer
  }
  const change = (id: string, payload: object) => t.put(`/api/events/${id}`, payload, staff)
  /** What came since the last time it was asked. */
  const delivered = async (now: () => number = Date.now, by = courier): Promise<Received[]> => {
    const before = smtp.mails.length
    await by.work(now)
    return smtp.mails.slice(before)
  }
  const to = (mails: readonly Received[], { email }: { email: string }) =>
    mails.filter(({ recipients }) => recipients.includes(email))
  const outbox = async (query = '') => (await t.get(`/api/outbox?limit=100${query}`, admin)).body.data

  describe('the outbox: refusals', () => {
    it('is for admins alone', async () => {
      expect((await t.get('/api/outbox')).status).toBe(401)
      expect((await t.get('/api/outbox', staff)).status).toBe(403)
      expect((await t.post(`/api/outbox/${unknown}/retry`, undefined, staff)).status).toBe(403)
    })

    it('answers 404 for a mail that is not there, and 400 for a filter that is not', async () => {
      expect((await t.get(`/api/outbox/${unknown}`, admin)).status).toBe(404)
      expect((await t.post(`/api/outbox/${unknown}/retry`, undefined, admin)).status).toBe(404)
      expect((await t.get('/api/outbox?status=lost', admin)).status).toBe(400)
    })
  })

  describe('international addresses', () => {
    it('F20 are mailed where the server can, and invited under a URI that calendars know', async () => {
      const ada = await person('Ada', { email: 'info@müller.example' })
      const candidate = { candidateEmail: 'jürgen@müller.example', candidateName: 'Jürgen' }
      const { id } = (await book([ada], candidate)).body
      const mails = await delivered()
      expect(mails.flatMap(mail => mail.recipients)).toEqual(['info@müller.example', 'jürgen@müller.example'])
      expect(mails[0]?.raw).toContain('<info@xn--mller-kva.example>')
      const text = (await t.get(`/api/events/${id}/ics`, staff)).body.replaceAll('\r\n ', '')
      expect(text).toContain('mailto:j%C3%BCrgen@xn--mller-kva.example')
      const reply = ['BEGIN:VCALENDAR', 'METHOD:REPLY', 'BEGIN:VEVENT', `UID:${id.toUpperCase()}@panelist.example`]
      const rest = ['DTSTAMP:20260301T100000Z', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:INFO@xn--mller-kva.example']
      const file = [...reply, ...rest, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n')
      const taken = await t.post('/api/calendar/replies', file, staff, { 'content-type': 'text/calendar' })
      expect(taken.body).toMatchObject({ status: 'applied', interviewerId: ada.id })
    })

    it('F20 are refused at once where the server cannot, and the others are mailed', async () => {
      const old = await mailServer({ hideSMTPUTF8: true })
      const by = courierOf(smtpTransport(old.url))
      const [özlem, bob] = [await person('Özlem', { email: 'özlem@müller.example' }), await person('Bob')]
      const { id } = (await book([özlem, bob])).body
      await by.work()
      await by.close()
      await old.close()
      expect(old.mails.flatMap(mail => mail.recipients)).toEqual([bob.email])
      expect(await outbox(`&eventId=${id}&recipient=${encodeURIComponent('ÖZLEM@müller.example')}`)).toMatchObject([
        {
          status: 'dead',
          attempts: 1,
          problem: 'The mail server cannot send to international addresses like özlem@müller.example',
        },
      ])
    })
  })

  describe('an interview', () => {
    it('is told from invitation to cancellation under one UID, with its own SEQUENCE', async () => {
      const [ada, grace] = [await person('Ada Lovelace'), await person('Grace Hopper')]
      const { id, startsAt } = (await book([ada, grace], { candidateEmail: 'alan@example.org', candidateName: 'Alan' }))
        .body
      const mails = await delivered()
      expect(mails.map(({ recipients }) => recipients)).toEqual([[ada.email], [grace.email], ['alan@example.org']])
      const later = (hours: number) => new Date(Date.parse(startsAt) + hours * HOUR).toISOString()
      const move = { durationMinutes: 60, reason: 'The room is taken' }
      await act(id, 'reschedule', { startsAt: later(2), ...move })
      mails.push(...(await delivered()))
      await act(id, 'reschedule', { startsAt: later(3), ...move })
      mails.push(...(await delivered()))
      expect((await change(id, { notes: 'Ask about compilers' })).status).toBe(200)
      const noted = await delivered()
      expect(noted.map(({ recipients }) => recipients)).toEqual([[ada.email], [grace.email]])
      mails.push(...noted)
      await act(id, 'cancel', { reason: 'The position was filled' })
      mails.push(...(await delivered()))

      const calendars = to(mails, ada).map(calendarOf)
      expect(new Set(calendars.map(({ uid }) => uid))).toEqual(new Set([`${id}@panelist.example`]))
      expect(calendars.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 2, 3])
      expect(calendars.map(({ method }) => method)).toEqual(['REQUEST', 'REQUEST', 'REQUEST', 'REQUEST', 'CANCEL'])
      expect(calendars.map(({ status }) => status)).toEqual([
        'CONFIRMED',
        'CONFIRMED',
        'CONFIRMED',
        'CONFIRMED',
        'CANCELLED',
      ])
      expect(calendars.at(-1)?.start).toBe(later(3))
      expect(
        to(mails, { email: 'alan@example.org' })
          .map(calendarOf)
          .map(({ sequence }) => sequence),
      ).toEqual([0, 1, 2, 3])
    })

    it('that loses somebody cancels it to them alone, without a STATUS, and asks the others anew', async () => {
      const [ada, grace, kurt] = [await person('Ada'), await person('Grace'), await person('Kurt')]
      const { id } = (await book([ada, grace])).body
      await delivered()
      expect((await change(id, { panel: [{ interviewerId: ada.id }, { interviewerId: kurt.id }] })).status).toBe(200)
      const mails = await delivered()
      const [gone, stays, comes] = [grace, ada, kurt].map(one => to(mails, one).map(calendarOf))
      expect(gone).toMatchObject([{ method: 'CANCEL', status: undefined, sequence: 1 }])
      expect(stays).toMatchObject([{ method: 'REQUEST', status: 'CONFIRMED', sequence: 1 }])
      expect(comes).toMatchObject([{ method: 'REQUEST', sequence: 1 }])
      expect(mails).toHaveLength(3)
    })

    it('that is answered, completed or over already is told to nobody', async () => {
      const linked = await t.signedIn('interviewer')
      const ada = await person('Ada', { userId: linked.id })
      const { id } = (await book([ada])).body
      await delivered()
      const payload = { response: 'accepted' }
      expect((await t.post(`/api/events/${id}/respond`, payload, linked)).status).toBe(200)
      expect((await t.post(`/api/events/${id}/complete`, undefined, staff)).status).toBe(200)
      await book([ada], { startsAt: '2024-01-08T09:00:00Z' })
      expect(await delivered()).toEqual([])
    })

    it('tells each their own time with the name of its zone, and the notes to interviewers alone', async () => {
      const host = await person('Blaise', { timezone: 'Europe/Paris' })
      const candidateEmail = 'grace@example.org'
      const at = { startsAt: '2030-06-03T17:00:00Z', timezone: 'America/Los_Angeles', notes: 'Ask <b>why</b>' }
      await book([host], { ...at, candidateEmail })
      const mails = await delivered()
      const [own, theirs] = [to(mails, host)[0], to(mails, { email: candidateEmail })[0]]
      expect(own?.text).toContain('Monday 3 June 2030, 19:00 to 20:00 (Europe/Paris, GMT+2)')
      expect(theirs?.text).toContain('Monday 3 June 2030, 10:00 to 11:00 (America/Los_Angeles, PDT)')
      expect(own?.text).toContain('Ask <b>why</b>')
      expect(own?.html).toContain('Ask &lt;b&gt;why&lt;/b&gt;')
      expect(`${theirs?.raw} ${theirs?.text} ${theirs?.html}`).not.toContain('why')
      expect(calendarOf(own)).toMatchObject({ start: '2030-06-03T17:00:00.000Z' })
    })

    it('whose words are hostile writes no header, no recipient and no property of its own', async () => {
      const name = 'Ada "the first", Countess 👩‍💻; of: Lovelace <evil@example.net>'
      const ada = await person(name)
      const title = `Bcc: evil@example.net ${'né 👋, "x"; '.repeat(14)}`.trim()
      const notes = 'one\r\nBcc: evil@example.net\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil'
      const candidateName = `Grace ${'🦉'.repeat(50)}`
      await book([ada], { title, notes, candidateName, candidateEmail: 'grace@example.org', location: 'a;b,c\\d' })
      const mails = await delivered()
      expect(mails.map(({ recipients }) => recipients)).toEqual([[ada.email], ['grace@example.org']])
      const [own] = mails
      expect(own?.to).toEqual([{ address: ada.email, name }])
      expect(own?.headers.map(({ key }) => key)).not.toContain('bcc')
      expect(own?.subject).toContain(title)
      const { summary, events, attendees } = calendarOf(own)
      expect([summary, events, attendees]).toEqual([title, 1, 2])
    })
  })

  describe('sending', () => {
    it('waits while the server is down, without delaying a booking, and then goes on in order, each once', async () => {
      const ada = await person('Ada')
      const patient = courierOf(smtpTransport(smtp.url)) // a clock that was moved is not moved back for others
      const come = () => delivered(() => clock, patient)
      await smtp.down()
      const { id, startsAt } = (await book([ada])).body
      let clock = Date.now()
      expect(await come()).toEqual([])
      await act(id, 'reschedule', {
        startsAt: new Date(Date.parse(startsAt) + 2 * HOUR).toISOString(),
        durationMinutes: 60,
        reason: 'Later',
      })
      for (; clock < Date.now() + HOUR; clock += 5 * MINUTE) expect(await come()).toEqual([])
      await act(id, 'cancel', { reason: 'Filled' })
      expect(await come()).toEqual([])
      expect(await outbox(`&eventId=${id}&status=pending`)).toHaveLength(3)
      await smtp.up()
      clock += 12 * HOUR
      const mails = await come()
      clock += 12 * HOUR
      mails.push(...(await come()))
      expect(
        to(mails, ada)
          .map(calendarOf)
          .map(({ sequence }) => sequence),
      ).toEqual([0, 1, 2])
      expect(mails).toHaveLength(3)
      clock += 24 * HOUR
      expect(await come()).toEqual([])
      await patient.close()
    })

    it('gives up what is refused for good, says why, and tries again when an admin asks', async () => {
      const ada = await person('Ada')
      smtp.refusal = 550
      const { id } = (await book([ada])).body
      expect(await delivered()).toEqual([])
      const [dead] = await outbox(`&eventId=${id}`)
      expect(dead).toMatchObject({ status: 'dead', attempts: 1, recipient: ada.email, kind: 'invitation' })
      expect(dead.problem).toContain('not taken')
      smtp.refusal = undefined
      const again = await t.post(`/api/outbox/${dead.id}/retry`, undefined, admin)
      expect(again).toMatchObject({ status: 200, body: { status: 'pending', attempts: 0 } })
      expect((await delivered()).map(({ messageId }) => messageId)).toEqual([`<${dead.id}@panelist.example>`])
      const twice = await t.post(`/api/outbox/${dead.id}/retry`, undefined, admin)
      expect(twice).toMatchObject(refusal(409, 'ALREADY_SENT'))
      const [row] = (await t.get('/api/audit-logs?entityType=mail', admin)).body.data
      expect(row).toMatchObject({ action: 'retry', entityId: dead.id })
    })

    it('backs off from a minute to twelve hours, and then gives up', async () => {
      const ada = await person('Ada')
      smtp.refusal = 451
      const { id } = (await book([ada])).body
      let clock = Date.now()
      const waits: number[] = []
      for (let attempt = 1; attempt <= 7; attempt += 1) {
        await courier.work(() => clock)
        const [mail] = await outbox(`&eventId=${id}`)
        expect(mail.attempts).toBe(attempt)
        waits.push((Date.parse(mail.dueAt) - clock) / MINUTE)
        clock = Date.parse(mail.dueAt)
      }
      expect(waits).toEqual([1, 5, 15, 60, 180, 720, 0])
      expect(await outbox(`&eventId=${id}`)).toMatchObject([{ status: 'dead' }])
    })

    it('F30 goes on when the clock is set back, whoever held the lease', async () => {
      const [ahead, behind] = [courierOf(smtpTransport(smtp.url)), courierOf(smtpTransport(smtp.url))]
      const later = () => Date.now() + 10 * MINUTE // an access token lives no longer than 15
      const ada = await person('Ada')
      await smtp.down()
      await book([ada])
      expect(await delivered(later, ahead)).toEqual([])
      await smtp.up()
      const [grace, kurt] = [await person('Grace'), await person('Kurt')]
      await book([grace])
      expect(to(await delivered(Date.now, ahead), grace)).toHaveLength(1)
      const until = new Date(later()).toISOString()
      await t.db.run(`INSERT INTO leases (name, holder, until) VALUES ('outbox', 'whoever died then', :until)`, {
        until,
      })
      const { id } = (await book([kurt])).body
      vi.useFakeTimers({ toFake: ['Date'], now: later() })
      await act(id, 'cancel', { reason: 'Filled' })
      vi.useRealTimers()
      expect(to(await delivered(Date.now, behind), kurt)).toHaveLength(2)
      for (const one of [ahead, behind]) await one.close()
      expect(to(await delivered(() => Date.now() + HOUR), ada)).toHaveLength(1)
    })

    it('is not held up by a mail that cannot be written', async () => {
      const [ada, odd] = [await person('Ada'), await person('Odd')]
      // What this fakes: an address that another program wrote, which no route would have taken.
      await t.db.run(`UPDATE interviewers SET email = 'a@x.example, b@x.example' WHERE id = :id`, { id: odd.id })
      const { id } = (await book([odd])).body
      await book([ada])
      expect(to(await delivered(), ada)).toHaveLength(1)
      expect(await outbox(`&eventId=${id}`)).toMatchObject([
        { status: 'dead', problem: expect.stringContaining('address') },
      ])
    })

    it('is done once, however many instances are at it', async () => {
      const people = [await person('Ada'), await person('Grace'), await person('Kurt')]
      for (let round = 0; round < 5; round += 1) await book(people)
      const others = [courierOf(smtpTransport(smtp.url)), courierOf(smtpTransport(smtp.url))]
      const before = smtp.mails.length
      await Promise.all([courier, ...others].map(one => one.work()))
      await courier.work()
      const ids = smtp.mails.slice(before).map(({ messageId }) => messageId)
      expect(ids).toHaveLength(15)
      expect(new Set(ids).size).toBe(15)
      await Promise.all(others.map(one => one.close()))
    })

    it('is sent again under the same Message-ID when it was not noted that it was sent', async () => {
      const ada = await person('Ada')
      await book([ada])
      const lost = smtpTransport(smtp.url)
      const dies = courierOf({ ...lost, send: mail => lost.send(mail).then(() => Promise.reject(new Error('killed'))) })
      const before = smtp.mails.length
      await expect(dies.work()).rejects.toThrow('killed')
      await courier.work(() => Date.now() + 5 * MINUTE)
      const ids = smtp.mails.slice(before).map(({ messageId }) => messageId)
      expect(ids).toHaveLength(2)
      expect(ids[0]).toBe(ids[1])
      await dies.close()
    })

    it('writes a file a mail where there is no server', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'panelist-mails-'))
      const files = courierOf(folderTransport(folder))
      const ada = await person('Ada')
      await book([ada])
      await files.work()
      const [name = '', ...more] = readdirSync(folder)
      expect(more).toEqual([])
      expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^To: .*person\d+@example\.com/m)
      rmSync(folder, { recursive: true })
      await files.close()
    })
  })

  it('F35 is forgotten 30 days after it was sent or given up, and never while it waits', async () => {
    for (const [time, days] of Object.entries({ old: 31, young: 29 })) {
      for (const status of ['sent', 'dead', 'pending']) {
        await t.db.run(
          `INSERT INTO outbox (id, kind, recipient, subject, message, status, due_at, updated_at)
           VALUES (:id, 'reminder', 'eve@example.com', 'Forget me', '{}', :status, '9999-01-01T00:00:00.000Z', :at)`,
          { id: `${time} ${status}`, status, at: new Date(Date.now() - days * 24 * HOUR).toISOString() },
        )
      }
    }
    await t.app.housekeeping.work()
    const left = await t.db.many<{ id: string }>(`SELECT id FROM outbox WHERE subject = 'Forget me' ORDER BY id`)
    expect(left.map(({ id }) => id)).toEqual(['old pending', 'young dead', 'young pending', 'young sent'])
    await t.db.run(`DELETE FROM outbox WHERE subject = 'Forget me'`)
  })

  describe('people', () => {
    it('get what they chose', async () => {
      const linked = await t.signedIn('interviewer')
      const payload = { notifications: { invitations: false } }
      expect((await t.put('/api/profile', payload, linked)).status).toBe(200)
      const ada = await person('Ada', { userId: linked.id })
      const { id } = (await book([ada])).body
      expect(await delivered()).toEqual([])
      await act(id, 'cancel', { reason: 'Filled' })
      expect(to(await delivered(), ada).map(calendarOf)).toMatchObject([{ method: 'CANCEL' }])
    })

    it('are reminded before, at the time it was moved to, and not once it is cancelled', async () => {
      const reminding = courierOf(smtpTransport(smtp.url), [24 * HOUR, HOUR])
      const ada = await person('Ada')
      const { id, startsAt } = (await book([ada])).body
      const moved = new Date(Date.parse(startsAt) + 3 * HOUR).toISOString()
      await reminding.work()
      await act(id, 'reschedule', { startsAt: moved, durationMinutes: 60, reason: 'Later' })
      await reminding.work()
      const waiting = await outbox(`&eventId=${id}&kind=reminder`)
      expect(waiting.map(({ dueAt }: { dueAt: string }) => Date.parse(moved) - Date.parse(dueAt)).sort()).toEqual([
        HOUR,
        24 * HOUR,
      ])
      const before = smtp.mails.length
      await reminding.work(() => Date.parse(moved) - 23 * HOUR)
      expect(smtp.mails.slice(before).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Reminder: /)])
      await act(id, 'cancel', { reason: 'Filled' })
      await reminding.work()
      expect(await outbox(`&eventId=${id}&kind=reminder&status=pending`)).toEqual([])
      await reminding.close()
    })

    const password = 'violet harbor anchors 42'
    const register = (email: string, name = 'Ada Lovelace', userAgent = 'Desk') => {
      const headers = { 'user-agent': userAgent }
      return t.call({ method: 'POST', url: '/api/auth/register', payload: { email, name, password }, headers })
    }
    const signIn = (email: string, userAgent: string) => {
      const headers = { 'user-agent': userAgent }
      return t.call({ method: 'POST', url: '/api/auth/login', payload: { email, password }, headers })
    }
    const codeIn = (mail: Received | undefined) => /^Code: ([\w-]{43})$/m.exec(mail?.text ?? '')?.[1] ?? ''
    const confirm = (token: string) => t.post('/api/auth/confirm', { token })

    it('learn of a sign-in from a new place, and not of one from where they were', async () => {
      const email = `new${Date.now()}@example.com`
      expect((await register(email)).status).toBe(201)
      expect((await confirm(codeIn((await delivered())[0]))).status).toBe(204)
      expect((await signIn(email, 'Desk')).status).toBe(200)
      expect(await delivered()).toEqual([])
      const headers = 'Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Safari/537.36 https://evil.example'
      await signIn(email, headers)
      const [mail, ...more] = await delivered()
      expect(more).toEqual([])
      expect(mail).toMatchObject({ subject: 'New sign-in to your Panelist account', recipients: [email] })
      expect(mail?.text).toContain('Program: Chrome on Android')
      expect(mail?.text).not.toMatch(/evil|Ada/)
    })

    it('F09 of an address that nobody has proved get one mail, with nothing in it that a stranger wrote', async () => {
      const email = `victim${Date.now()}@example.com`
      const link = 'Win a prize at https://evil.example'
      const { body } = await register(email, link, link)
      for (const n of [1, 2, 3]) await signIn(email, `https://evil.example/${n}`)
      const [mail, ...more] = await delivered()
      expect(more).toEqual([])
      expect(mail).toMatchObject({ subject: 'Confirm your address', recipients: [email] })
      expect(JSON.stringify(mail)).not.toMatch(/evil|prize|127\.0\.0\.1/)

      await t.delete(`/api/users/${body.user.id}`, admin)
      expect(await confirm(codeIn(mail))).toMatchObject(refusal(400, 'INVALID_CONFIRMATION'))
      expect((await register(email.toUpperCase(), link, link)).status).toBe(201)
      expect(await delivered()).toEqual([])
    })

    it('F09 confirm their address once, and the database knows no code', async () => {
      const email = `late${Date.now()}@example.com`
      const { body } = await register(email)
      const code = codeIn((await delivered())[0])
      const kept = await t.db.many<object>('SELECT * FROM email_confirmations')
      expect(JSON.stringify([kept, await t.db.many<object>('SELECT * FROM outbox')])).not.toContain(code)
      expect(await confirm('x'.repeat(43))).toMatchObject(refusal(400, 'INVALID_CONFIRMATION'))
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 24 * HOUR })
      expect((await confirm(code)).status).toBe(400)
      vi.useRealTimers()
      expect((await confirm(code)).status).toBe(204)
      expect((await confirm(code)).status).toBe(400)
      const rows = (await t.get(`/api/audit-logs?entityType=user&entityId=${body.user.id}`, admin)).body.data
      expect(rows[0]).toMatchObject({ action: 'confirm', actorId: body.user.id })
    })

    it('F09 whom staff made an account for are known, and get their mails', async () => {
      const payload = { email: `made${Date.now()}@example.com`, password, name: 'Grace Hopper' }
      expect((await t.post('/api/users', payload, admin)).status).toBe(201)
      await signIn(payload.email, 'Desk')
      await signIn(payload.email, 'Telephone')
      expect((await delivered()).map(({ subject }) => subject)).toEqual(['New sign-in to your Panelist account'])
    })
  })
})

/** The calendar of a mail, read by another parser than the one that wrote it. */
function calendarOf(mail: Received | undefined) {
  const part = mail?.attachments.find(({ mimeType }) => mimeType === 'text/calendar')
  const content = part?.content ?? ''
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
  const parsed = ical.parseICS(text)
  const events = Object.values(parsed).filter(one => one?.type === 'VEVENT')
  const [event] = events
  const attendees = event?.type === 'VEVENT' ? [event.attendee ?? []].flat() : []
  return {
    uid: event?.uid,
    sequence: Number(event?.type === 'VEVENT' ? event.sequence : NaN),
    method: /^METHOD:(\w+)/m.exec(text)?.[1],
    status: event?.type === 'VEVENT' ? event.status : undefined,
    start: event?.type === 'VEVENT' ? new Date(event.start).toISOString() : undefined,
    summary: event?.type === 'VEVENT' ? event.summary : undefined,
    events: events.length,
    attendees: attendees.length,
  }
}

it('F35 the file of a mail is removed after 30 days, and no other file', async () => {
  const t = await testApp()
  const folder = join(t.folder, 'outbox')
  mkdirSync(folder)
  for (const [start, days] of Object.entries({ '0': 31, '1': 29 })) {
    for (const name of [`${start.repeat(36)}.eml`, `${start.repeat(36)}.eml.part`, `${start}.txt`]) {
      writeFileSync(join(folder, name), '')
      utimesSync(join(folder, name), Date.now() / 1000, Date.now() / 1000 - days * 86_400)
    }
  }
  await t.app.housekeeping.work()
  expect(readdirSync(folder).sort()).toEqual(
    ['0.txt', '1.txt', `${'1'.repeat(36)}.eml`, `${'1'.repeat(36)}.eml.part`].sort(),
  )
  await t.close()
})
