import fc from 'fast-check'
import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
import { describe, expect, it } from 'vitest'
import { busyTimes } from '../../../domain/icalendar/reading.ts'
import { replyFrom } from '../../../domain/icalendar/replies.ts'
import { eventsFeed, freeBusyFeed, invitation } from '../../../domain/icalendar/writing.ts'
import { ALAN, EVENT, eventIn, GRACE, hostile, INVITATION, namesIn } from './support/written.ts'

const HOUR = 3_600_000

/** Unfolded; throws when a line is too long, is cut within a character, or does not end in CRLF. */
function linesOf(text: string): string[] {
  expect(text.endsWith('\r\n')).toBe(true)
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/)
  for (const line of Buffer.from(text).toString('latin1').split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(75)
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'))
  }
  return text.replaceAll('\r\n ', '').split('\r\n').slice(0, -1)
}

function readByNodeIcal(text: string): nodeIcal.VEvent {
  for (const part of Object.values(nodeIcal.sync.parseICS(text))) if (part?.type === 'VEVENT') return part
  throw new Error('node-ical found no event')
}

describe('an invitation', () => {
  it('is what RFC 5546 asks for', () => {
    expect(linesOf(invitation(INVITATION))).toEqual([
      'BEGIN:VCALENDAR',
      'PRODID:-//Panelist//Panelist//EN',
      'VERSION:2.0',
      'CALSCALE:GREGORIAN',
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      `UID:${EVENT.id}@panelist.example`,
      'SEQUENCE:2',
      'DTSTAMP:20260203T000000Z',
      'DTSTART:20260302T090000Z',
      'DTEND:20260302T100000Z',
      'SUMMARY:System design: Ada Lovelace',
      String.raw`DESCRIPTION:Please be kind\; it is early.\nQuestions\, answers: all here.`,
      String.raw`LOCATION:Room 7\, second floor`,
      'URL:https://meet.example.com/abc?x=1;y=2,3',
      'ORGANIZER;CN=Panelist:mailto:talent@example.com',
      'TRANSP:OPAQUE',
      'CREATED:20260201T000000Z',
      'LAST-MODIFIED:20260202T000000Z',
      'STATUS:CONFIRMED',
      `ATTENDEE;CN="Grace ^'Amazing^' Hopper, PhD; ^^x";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:grace@example.com`,
      'ATTENDEE;CN=Alan;CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:alan+panel@example.com',
      'END:VEVENT',
      'END:VCALENDAR',
    ])
  })

  it('is read by ical.js and node-ical as it was meant', () => {
    const text = invitation(INVITATION)
    const [attendee] = eventIn(text).getAllProperties('attendee')
    expect(attendee?.getParameter('cn')).toBe(GRACE.name)
    expect(new ICAL.Event(eventIn(text)).description).toBe(EVENT.description)
    const read = readByNodeIcal(text)
    expect(read).toMatchObject({
      uid: `${EVENT.id}@panelist.example`,
      summary: EVENT.summary,
      description: EVENT.description,
      location: EVENT.location,
      status: 'CONFIRMED',
    })
    expect([Number(read.start), Number(read.end)]).toEqual([EVENT.startsAt, EVENT.endsAt])
  })

  it('A35 A36: cancels with STATUS:CANCELLED for everybody, and without a status for one who is removed', () => {
    const cancelled = invitation({ ...INVITATION, method: 'CANCEL', event: { ...EVENT, cancelled: true, sequence: 3 } })
    expect(linesOf(cancelled)).toEqual(expect.arrayContaining(['METHOD:CANCEL', 'STATUS:CANCELLED', 'SEQUENCE:3']))
    const removed = linesOf(invitation({ ...INVITATION, method: 'CANCEL', attendees: [ALAN] }))
    expect(removed).toContain('METHOD:CANCEL')
    expect(removed.filter(line => line.startsWith('STATUS'))).toEqual([])
    expect(removed.filter(line => line.startsWith('ATTENDEE'))).toHaveLength(1)
    expect(removed).toContain(`UID:${EVENT.id}@panelist.example`)
  })

  it('A38: takes whatever is typed and gains no line, no attendee and no component by it', () => {
    const plain = namesIn(invitation({ ...INVITATION, event: { ...EVENT, summary: 'x' } }), 'vevent')
    const property = fc.property(hostile, hostile, hostile, (summary, name, location) => {
      const text = invitation({
        ...INVITATION,
        event: {
          ...EVENT,
          summary,
          description: `d${name}`,
          location: `l${location}`,
          meetingUrl: `https://x.example/${summary}`,
          organizer: { ...EVENT.organizer, name },
        },
        attendees: [{ ...GRACE, name }, ALAN],
      })
      const lines = linesOf(text)
      expect(lines.filter(line => /^(BEGIN|END):/.test(line))).toHaveLength(4)
      expect(lines).toHaveLength(plain.length + 8)
      expect(namesIn(text, 'vevent')).toEqual(plain)
      const read = readByNodeIcal(text)
      expect(read.attendee).toHaveLength(2)
      expect(new ICAL.Event(eventIn(text)).summary.length).toBeLessThanOrEqual(summary.length)
    })
    fc.assert(property, { numRuns: 100 })
  })

  it.each([
    'a@b.c, d@e.f',
    'a@b.c\r\nATTENDEE:mailto:x@y.z',
    'Ada <a@b.c>',
    '',
    'a b@c.d',
    'mailto:a@b.c',
    `${'a'.repeat(260)}@b.c`,
  ])('throws for %j in place of an address', address => {
    expect(() => invitation({ ...INVITATION, attendees: [{ ...ALAN, address }] })).toThrow(RangeError)
    expect(() => invitation({ ...INVITATION, event: { ...EVENT, organizer: { name: '', address } } })).toThrow(
      RangeError,
    )
  })

  it.each(['a%b@example.com', "o'hara?x=1&y#z@example.com", 'a{|}^`~@example.com', 'plus+tag@example.com'])(
    'is answered by %s from the same address',
    address => {
      const text = invitation({ ...INVITATION, attendees: [{ ...ALAN, address }] })
      const reply = text.replace('METHOD:REQUEST', 'METHOD:REPLY')
      expect(replyFrom(reply)).toMatchObject({ attendee: address, response: 'accepted', sequence: 2 })
    },
  )
})

describe('feeds', () => {
  it('A47: show own events, cancelled ones with STATUS:CANCELLED, and name nobody who is invited', () => {
    const later = { ...EVENT, id: 'later', cancelled: true }
    const feed = {
      name: 'Grace, at work\r\nX-EVIL:1',
      host: 'panelist.example',
      events: [EVENT, later],
      now: INVITATION.now,
    }
    const text = eventsFeed(feed)
    const lines = linesOf(text)
    expect(lines).toEqual(
      expect.arrayContaining([
        'METHOD:PUBLISH',
        String.raw`X-WR-CALNAME;VALUE=TEXT:Grace\, at work\nX-EVIL:1`,
        'REFRESH-INTERVAL;VALUE=DURATION:PT15M',
        'X-PUBLISHED-TTL:PT15M',
        'STATUS:CONFIRMED',
        'STATUS:CANCELLED',
      ]),
    )
    expect(lines.filter(line => line.startsWith('ATTENDEE'))).toEqual([])
    expect(eventsFeed(feed)).toBe(text)
    const span = { timezone: 'UTC', from: Date.UTC(2026, 0), to: Date.UTC(2027, 0) }
    expect(busyTimes(text, span)).toEqual([{ start: EVENT.startsAt, end: EVENT.endsAt }])
    expect(busyTimes(eventsFeed({ ...feed, events: [] }), span)).toEqual([])
  })

  it('tell when somebody is busy, joined and cut to what is told, and nothing else', () => {
    const [from, to] = [Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 3)]
    const busy = [
      { start: from + 10 * HOUR, end: from + 11 * HOUR },
      { start: from - HOUR, end: from + HOUR },
      { start: from + 9 * HOUR, end: from + 10 * HOUR },
      { start: to, end: to + HOUR },
    ]
    const text = freeBusyFeed({
      id: 'grace',
      host: 'panelist.example',
      attendee: GRACE.address,
      from,
      to,
      busy,
      now: from,
    })
    expect(linesOf(text).filter(line => line.startsWith('FREEBUSY'))).toEqual([
      'FREEBUSY;FBTYPE=BUSY:20260302T000000Z/20260302T010000Z',
      'FREEBUSY;FBTYPE=BUSY:20260302T090000Z/20260302T110000Z',
    ])
    expect(namesIn(text, 'vfreebusy').filter(name => name !== 'freebusy')).toEqual([
      'uid',
      'dtstamp',
      'dtstart',
      'dtend',
      'organizer',
    ])
    expect(busyTimes(text, { timezone: 'UTC', from, to })).toEqual([
      { start: from, end: from + HOUR },
      { start: from + 9 * HOUR, end: from + 11 * HOUR },
    ])
  })
})
