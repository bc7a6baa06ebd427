import { describe, expect, it } from 'vitest'
import { replyFrom, UnreadableCalendar } from '../../../domain/icalendar/replies.ts'
import { calendar } from './support/calendars.ts'

const EVENT = ['BEGIN:VEVENT', 'UID:one@panelist.example', 'DTSTAMP:20260302T090000Z', 'SEQUENCE:3']
const ATTENDEE = 'ATTENDEE;CN="Lovelace, Ada";PARTSTAT=ACCEPTED:MAILTO:Ada@Example.com'
const reply = (...lines: string[]) => calendar('METHOD:REPLY', ...EVENT, ...lines, 'END:VEVENT')

describe('a reply', () => {
  it('tells who answered what, to which invitation, and when', () => {
    expect(replyFrom(reply(ATTENDEE, 'COMMENT:With\\, pleasure'))).toEqual({
      uid: 'one@panelist.example',
      sequence: 3,
      dtstamp: Date.UTC(2026, 2, 2, 9),
      attendee: 'ada@example.com',
      response: 'accepted',
      comment: 'With, pleasure',
    })
  })

  it.each([
    ['declined', 'ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com', 'ada@example.com'],
    ['tentative', 'ATTENDEE;PARTSTAT=tentative;RSVP=TRUE:mailto:ada@example.com', 'ada@example.com'],
    ['needs_action', 'ATTENDEE:mailto:a%3Fb@example.com', 'a?b@example.com'],
  ])('may be %s', (response, line, attendee) => {
    expect(replyFrom(reply(line))).toMatchObject({ response, attendee })
  })

  it.each([
    ['an invitation', reply(ATTENDEE).replace('REPLY', 'REQUEST'), /METHOD:REPLY/],
    ['no method', reply(ATTENDEE).replace('METHOD:REPLY\r\n', ''), /METHOD:REPLY/],
    ['two calendars', reply(ATTENDEE) + reply(ATTENDEE), /METHOD:REPLY/],
    ['nobody', reply(), /exactly one attendee/],
    ['two people', reply(ATTENDEE, ATTENDEE), /exactly one attendee/],
    ['no event', calendar('METHOD:REPLY'), /exactly one event/],
    ['two events', reply(ATTENDEE, 'END:VEVENT', ...EVENT, ATTENDEE), /exactly one event/],
    ['no UID', reply(ATTENDEE).replace(/UID.*\r\n/, ''), /no UID/],
    ['no DTSTAMP', reply(ATTENDEE).replace(/DTSTAMP.*\r\n/, ''), /no DTSTAMP/],
    ['a sequence below 0', reply(ATTENDEE).replace('SEQUENCE:3', 'SEQUENCE:-3'), /not a number/],
    ['a delegation', reply(ATTENDEE.replace('ACCEPTED', 'DELEGATED')), /“DELEGATED” is not an answer/],
    ['no address', reply('ATTENDEE;PARTSTAT=ACCEPTED:invalid:nomail'), /no mail address/],
    ['two addresses', reply('ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com,b@example.com'), /no mail address/],
    ['a web page', '<html></html>', /not an iCalendar file/],
  ])('is refused with %s', (_, text, reason) => {
    expect(() => replyFrom(text)).toThrow(UnreadableCalendar)
    expect(() => replyFrom(text)).toThrow(reason)
  })
})
