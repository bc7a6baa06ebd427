import { calendarDescription } from '../calendar-identity.ts'
import { invitation, type Attendee } from '../icalendar/writing.ts'
import { fromJson } from '../json-column.ts'
import type { FillingRules } from './filling.ts'
import type { DueMail } from './repository.ts'
import type { Interview, Notice } from './told.ts'
import type { Outgoing } from './transport.ts'

/** What a mail says, besides to whom and what about. */
export interface Message {
  readonly name: string
  readonly text: string
  readonly html: string
  readonly calendar?: Outgoing['calendar']
}

/** As it is kept. */
export function messageText({ name, text, html, calendar }: Message): string {
  return JSON.stringify({ name, text, html, calendar })
}

/** As it goes out: the same at every attempt. */
export function outgoingFrom(mail: DueMail, { from, host }: { from: string; host: string }): Outgoing {
  const { name, text, html, calendar } = fromJson<Message>(mail.message)
  return {
    messageId: `<${mail.id}@${host}>`,
    date: mail.createdAt,
    from,
    to: { name, address: mail.recipient },
    subject: mail.subject,
    text,
    html,
    calendar,
  }
}

/** The invitation that goes with a mail (RFC 6047); none with a reminder, as calendars remind by themselves. */
export function calendarFor(
  { kind, to, interview }: Notice,
  { host, organizer }: FillingRules,
  at: string,
): Outgoing['calendar'] {
  if (kind === 'reminder') return undefined
  const method = kind === 'cancellation' || kind === 'removal' ? 'CANCEL' : 'REQUEST'
  const attendees = attendeesOf(interview)
  const content = invitation({
    method,
    host,
    event: {
      id: interview.id,
      sequence: interview.sequence,
      startsAt: Date.parse(interview.startsAt),
      endsAt: Date.parse(interview.endsAt),
      summary: interview.title,
      description: calendarDescription(interview, to.interviewerId === null ? 'candidate' : 'interviewer'),
      location: interview.location,
      meetingUrl: interview.meetingUrl,
      organizer: { name: 'Panelist', address: organizer },
      cancelled: kind === 'cancellation',
      createdAt: Date.parse(interview.createdAt),
      updatedAt: Date.parse(at),
    },
    // Somebody who is taken off is named alone, as they are no longer among the others.
    attendees: kind === 'removal' ? [{ ...to, role: 'interviewer', response: 'needs_action' }] : attendees,
    now: Date.parse(at),
  })
  return { method, content }
}

function attendeesOf(interview: Interview): Attendee[] {
  const panel = interview.panel.map(({ name, email, role, response }) => ({ name, address: email, role, response }))
  const { candidateName, candidateEmail } = interview
  if (candidateEmail === null) return panel
  return [
    ...panel,
    { name: candidateName ?? '', address: candidateEmail, role: 'interviewer', response: 'needs_action' },
  ]
}
