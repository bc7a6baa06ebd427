import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventsFeed, invitation } from '../../../../domain/icalendar/writing.ts'
import { EVENT, GRACE, INVITATION } from '../support/written.ts'

const CONFIG = `[calendars]
[[panelist]]
path = FOLDER/vdir
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = FOLDER/khal.db
`
const FORMAT = '{start-long-full}|{end-long-full}|{title}|{location}|{status}'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'khal-'))
  writeFileSync(join(folder, 'config'), CONFIG.replaceAll('FOLDER', folder))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What khal prints of a calendar, in the wall time of Berlin. */
function printed(text: string): string[] {
  const file = join(folder, 'calendar.ics')
  writeFileSync(file, text)
  const environment = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, LC_ALL: 'C.UTF-8' }
  const args = ['-c', join(folder, 'config'), 'printics', '--format', FORMAT, file]
  const output = execFileSync('khal', args, { env: environment, encoding: 'utf8' })
  return output.split('\n').filter(line => line.includes('|'))
}

it('A38: khal reads an invitation, whatever was typed, in the zone of who looks', () => {
  const title = 'Pâté, "quotes"; \\ and 😀 '.repeat(8)
  const evil = { ...GRACE, name: 'G\r\nATTENDEE:mailto:evil@example.com\u2028X:1\u0085Y:2\v"' }
  const text = invitation({ ...INVITATION, event: { ...EVENT, summary: title }, attendees: [evil] })
  expect(printed(text)).toEqual([`2026-03-02 10:00|2026-03-02 11:00|${title}|Room 7, second floor|CONFIRMED `])
})

it('A47: khal reads a feed with what was cancelled', () => {
  const events = [
    EVENT,
    { ...EVENT, id: 'later', startsAt: Date.UTC(2026, 6, 2, 9), endsAt: Date.UTC(2026, 6, 2, 10), cancelled: true },
  ]
  const lines = printed(eventsFeed({ name: 'Grace', host: 'panelist.example', events, now: INVITATION.now }))
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain('2026-07-02 11:00|2026-07-02 12:00')
  expect(lines[1]).toContain('CANCELLED')
})
