// kill -9 of the server between the lease and the end of a mail, and a stop with mails left: none lost, one at most twice.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mailServer, type MailServer } from '../support/mail.ts'
import { home, type Home } from './support/home.ts'

const PEOPLE = 3

describe('a server that sends mails', () => {
  let house: Home
  let smtp: MailServer
  let environment: Record<string, string>
  beforeEach(async () => {
    smtp = await mailServer()
    house = await home(PEOPLE)
    environment = { MAIL: 'on', SMTP_URL: smtp.url, REMINDERS: 'off' }
  })
  afterEach(async () => {
    await house.close()
    await smtp.close()
  })

  const booking = () => ({
    title: 'Technical interview',
    type: 'technical',
    startsAt: '2031-03-03T09:00:00Z',
    durationMinutes: 60,
    panel: house.interviewers.map(interviewerId => ({ interviewerId })),
  })
  const until = async (done: () => boolean | Promise<boolean>) => {
    while (!(await done())) await sleep(50)
  }

  it('and is killed between the lease and the send has lost none, and sends one twice at most, as the same message', async () => {
    smtp.refusal = 'silence'
    const first = await house.serve({ environment })
    expect(await first.book(booking())).toMatchObject({ status: 201 })
    await until(() => smtp.attempts > 0)
    first.signal('SIGKILL')
    await first.finished
    expect(smtp.mails).toEqual([])
    smtp.refusal = undefined
    // The lease of the dead is left to run out: here the clock is moved, by as much as that takes.
    await house.look(database => database.run(`UPDATE leases SET until = '2020-01-01T00:00:00.000Z'`))
    const second = await house.serve({ environment })
    await until(() => smtp.mails.length >= PEOPLE)
    expect(new Set(smtp.mails.flatMap(({ recipients }) => recipients)).size).toBe(PEOPLE)
    expect(new Set(smtp.mails.map(({ messageId }) => messageId)).size).toBe(PEOPLE)
    expect(smtp.mails.length).toBeLessThanOrEqual(PEOPLE + 1)
    await second.stop()
  })

  it('and is stopped at once after a booking, or while the mail server is down, leaves the mails to the next start', async () => {
    await smtp.down()
    const first = await house.serve({ environment })
    expect(await first.book(booking())).toMatchObject({ status: 201 })
    expect(await first.stop()).toMatchObject({ end: 0 })
    await smtp.up()
    await house.look(database => database.run(`UPDATE outbox SET due_at = '2020-01-01T00:00:00.000Z'`))
    const second = await house.serve({ environment })
    await until(() => smtp.mails.length >= PEOPLE)
    await second.stop()
    expect(smtp.mails.map(({ recipients }) => recipients).flat()).toHaveLength(PEOPLE)
  })
})
