import ICAL from 'ical.js'
import { intersect, union, type Interval } from '../scheduling/intervals.ts'
import { addInstant, addPerson, addText, addUri, calendarOf, instantOf, written, type Person } from './components.ts'
import { partstatOf, type Response } from './responses.ts'
import { textFor } from './text.ts'

export type { Person } from './components.ts'

/** How often calendars should look at a feed. */
const REFRESH = 'PT15M'

export interface Attendee extends Person {
  /** Whether it can take place without them. */
  readonly optional: boolean
  readonly response: Response
}

/** An interview as a calendar shows it. Instants are in ms since 1970, written to the second. */
export interface CalendarEvent {
  readonly id: string
  readonly sequence: number
  readonly startsAt: number
  readonly endsAt: number
  readonly summary: string
  /** The text that everybody who is invited may read. */
  readonly description: string | null
  readonly location: string | null
  readonly meetingUrl: string | null
  readonly organizer: Person
  readonly cancelled: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

export interface Invitation {
  /** CANCEL of an event that is not cancelled takes it away from these attendees alone (RFC 5546 §3.2.5). */
  readonly method: 'REQUEST' | 'CANCEL'
  /** The UID is `<event id>@<host>`, for ever. */
  readonly host: string
  readonly event: CalendarEvent
  /** Those who are no longer invited, when it is a CANCEL. */
  readonly attendees: readonly Attendee[]
  /** When this is written, in ms since 1970. */
  readonly now: number
}

export interface EventsFeed {
  readonly name: string
  readonly host: string
  readonly events: readonly CalendarEvent[]
  /** When this is written, in ms since 1970. The text is the same as long as this and the events are. */
  readonly now: number
}

export interface FreeBusyFeed {
  readonly id: string
  readonly host: string
  /** The mail address of the person whose time it is. */
  readonly attendee: string
  /** The span that is covered, [from, to) in ms since 1970. */
  readonly from: number
  readonly to: number
  readonly busy: readonly Interval[]
  readonly now: number
}

/** iTIP (RFC 5546), for a mail or a file. Throws a RangeError for an address that is not plainly one. */
export function invitation({ method, host, event, attendees, now }: Invitation): string {
  const calendar = calendarOf(method)
  const component = eventOf(event, host, now)
  const status = event.cancelled ? 'CANCELLED' : method === 'CANCEL' ? null : 'CONFIRMED'
  addText(component, 'status', status)
  for (const attendee of attendees) addAttendee(component, attendee)
  calendar.addSubcomponent(component)
  return written(calendar)
}

/** A feed to subscribe to. Nobody is asked to answer, so only the organizer is named (RFC 5546 §3.2.1). */
export function eventsFeed({ name, host, events, now }: EventsFeed): string {
  const calendar = calendarOf('PUBLISH')
  addText(calendar, 'name', name)
  addText(calendar, 'x-wr-calname', name)
  addRefresh(calendar)
  for (const event of events) {
    const component = eventOf(event, host, now)
    addText(component, 'status', event.cancelled ? 'CANCELLED' : 'CONFIRMED')
    calendar.addSubcomponent(component)
  }
  return written(calendar)
}

/** The times at which somebody is busy, without the reason (RFC 5545 §3.6.4). */
export function freeBusyFeed({ id, host, attendee, from, to, busy, now }: FreeBusyFeed): string {
  const calendar = calendarOf('PUBLISH')
  addRefresh(calendar)
  const component = new ICAL.Component('vfreebusy')
  addText(component, 'uid', `${id}@${host}`)
  addInstant(component, 'dtstamp', now)
  addInstant(component, 'dtstart', from)
  addInstant(component, 'dtend', to)
  addPerson(component, 'organizer', { name: '', address: attendee })
  for (const { start, end } of intersect([{ start: from, end: to }], union(busy))) {
    const period = ICAL.Period.fromData({ start: instantOf(start), end: instantOf(end) })
    component.addPropertyWithValue('freebusy', period).setParameter('fbtype', 'BUSY')
  }
  calendar.addSubcomponent(component)
  return written(calendar)
}

/** An event without its status and attendees. */
function eventOf(event: CalendarEvent, host: string, now: number): ICAL.Component {
  const component = new ICAL.Component('vevent')
  addText(component, 'uid', `${event.id}@${host}`)
  component.addPropertyWithValue('sequence', event.sequence)
  addInstant(component, 'dtstamp', now)
  addInstant(component, 'dtstart', event.startsAt)
  addInstant(component, 'dtend', event.endsAt)
  // RFC 5546 asks for a summary, even an empty one.
  component.addPropertyWithValue('summary', textFor(event.summary))
  addText(component, 'description', event.description)
  addText(component, 'location', event.location)
  addUri(component, 'url', event.meetingUrl)
  addPerson(component, 'organizer', event.organizer)
  addText(component, 'transp', 'OPAQUE')
  addInstant(component, 'created', event.createdAt)
  addInstant(component, 'last-modified', event.updatedAt)
  return component
}

function addAttendee(component: ICAL.Component, attendee: Attendee): void {
  const { optional, response } = attendee
  addPerson(component, 'attendee', attendee, {
    cutype: 'INDIVIDUAL',
    role: optional ? 'OPT-PARTICIPANT' : 'REQ-PARTICIPANT',
    partstat: partstatOf(response),
    ...(response === 'needs_action' ? { rsvp: 'TRUE' } : {}),
  })
}

/** RFC 7986 §5.7, and what Outlook reads in its place. */
function addRefresh(calendar: ICAL.Component): void {
  const interval = new ICAL.Property('refresh-interval')
  interval.resetType('duration')
  interval.setValue(ICAL.Duration.fromString(REFRESH))
  calendar.addProperty(interval)
  calendar.addPropertyWithValue('x-published-ttl', REFRESH)
}
