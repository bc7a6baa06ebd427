import type { FastifyInstance } from 'fastify'
import type { Principal } from '../../../plugins/auth.ts'
import { found } from '../../../plugins/errors.ts'
import { hashOfSecret } from '../../../plugins/secrets.ts'
import { LONGEST_CLAIM_MINUTES } from '../../../domain/interviews/subjects.ts'
import { eventsFeed, freeBusyFeed, invitation, type CalendarEvent } from '../../../domain/icalendar/writing.ts'
import {
  attendeesOf,
  calendarEvent,
  calendarIdentity,
  type CalendarIdentity,
} from '../../../domain/interviews/calendar.ts'
import type { EventRow } from '../../../domain/interviews/repository.ts'
import type { Event } from '../../../domain/interviews/schemas.ts'
import { visibleInterview } from '../../../domain/interviews/visibility.ts'
import { addMinutes } from '../../../domain/time.ts'
import { interviewerOf, type Interviewer } from '../../../domain/panels/interviewer.ts'
import { feedsRepository } from '../repository.ts'
import { filesRepository } from './repository.ts'

const DAY_MINUTES = 24 * 60
/** How long interviews stay in a feed after they are over or cancelled. */
const KEPT_DAYS = 30
/** How far ahead a free/busy feed looks. */
const AHEAD_DAYS = 366

/** A calendar as it is sent, and when what is in it last changed. */
export interface FileContent {
  readonly text: string
  readonly lastModified: Date
}

type Parts = Pick<FastifyInstance, 'db' | 'config'>

/** Interviews as calendar programs read them. */
export const calendarFiles = ({ db, config }: Parts) => ({
  /** The invitation to an interview, for staff and for those who take part in it. */
  ofEvent: async (viewer: Principal, id: string): Promise<FileContent> => {
    return fileOf(await visibleInterview(db, viewer, id), calendarIdentity(config))
  },

  /** The interviews of the interviewer whose feed has this secret. */
  events: async (secret: string): Promise<FileContent> => {
    const { id, name } = await ownerOf(db, secret)
    const kept = addMinutes(new Date().toISOString(), -KEPT_DAYS * DAY_MINUTES)
    const identity = calendarIdentity(config)
    const rows = await filesRepository(db).eventsOf(id, kept, kept)
    const lastModified = lastOf(rows, kept.slice(0, 10))
    const events = rows.map(event => shown(event, identity))
    const frame = { name: `Interviews of ${name}`, host: identity.host, now: lastModified.getTime() }
    return { text: eventsFeed({ ...frame, events }), lastModified }
  },

  /** The busy times of that interviewer, from today on, for a year. */
  freeBusy: async (secret: string): Promise<FileContent> => {
    const { id, email } = await ownerOf(db, secret)
    const from = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`
    const to = addMinutes(from, AHEAD_DAYS * DAY_MINUTES)
    const span = { earliest: addMinutes(from, -LONGEST_CLAIM_MINUTES), from, to }
    const rows = await filesRepository(db).busy(id, span)
    const busy = rows.map(({ startsAt, endsAt }) => ({ start: Date.parse(startsAt), end: Date.parse(endsAt) }))
    const lastModified = lastOf(rows, from)
    const frame = { id, host: calendarIdentity(config).host, attendee: email, now: lastModified.getTime() }
    return { text: freeBusyFeed({ ...frame, from: Date.parse(from), to: Date.parse(to), busy }), lastModified }
  },
})

async function ownerOf(db: Parts['db'], secret: string): Promise<Interviewer> {
  const id = await feedsRepository(db).ownerOf(hashOfSecret(secret))
  return found(id === undefined ? undefined : await interviewerOf(db, id), 'calendar')
}

function fileOf(event: Event, identity: CalendarIdentity): FileContent {
  const text = invitation({
    method: event.status === 'cancelled' ? 'CANCEL' : 'REQUEST',
    host: identity.host,
    event: shown(event, identity),
    attendees: attendeesOf(event),
    now: Date.parse(event.updatedAt),
  })
  return { text, lastModified: new Date(event.updatedAt) }
}

/** As staff and the panel see it. */
function shown(event: Event | EventRow, identity: CalendarIdentity): CalendarEvent {
  const { status, updatedAt } = event
  return calendarEvent(event, identity, { reader: 'interviewer', cancelled: status === 'cancelled', updatedAt })
}

function lastOf(rows: readonly { readonly updatedAt: string }[], otherwise: string): Date {
  return new Date(rows.reduce((last, { updatedAt }) => (updatedAt > last ? updatedAt : last), otherwise))
}
