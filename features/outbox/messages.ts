import { invitation } from '../../domain/icalendar/writing.ts'
import { attendeesOf, calendarEvent, type CalendarIdentity } from '../../domain/interviews/calendar.ts'
import { fromJson } from '../../domain/sql.ts'
import type { DueMail } from './repository.ts'
import type { Notice } from './notices.ts'
import type { Outgoing } from './transport.ts'

/** The content of a mail, besides its address and subject. */
export interface Message {
  readonly name: string
  readonly text: string
  readonly html: string
  readonly calendar?: Outgoing['calendar']
}

/** The message as text, as it is stored. */
export function messageText({ name, text, html, calendar }: Message): string {
  return JSON.stringify({ name, text, html, calendar })
}

/** The mail as it is sent, which is the same at every attempt. */
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

/** The invitation that is attached to a mail (RFC 6047). Reminders have none, as calendars remind people themselves. */
export function calendarFor(
  { kind, to, interview }: Notice,
  rules: CalendarIdentity,
  at: string,
): Outgoing['calendar'] {
  if (kind === 'reminder') return undefined
  const method = kind === 'cancellation' || kind === 'removal' ? 'CANCEL' : 'REQUEST'
  const content = invitation({
    method,
    host: rules.host,
    event: calendarEvent(interview, rules, {
      reader: to.interviewerId === null ? 'candidate' : 'interviewer',
      cancelled: kind === 'cancellation',
      updatedAt: at,
    }),
    // Somebody who was removed is named alone, as they are no longer on the panel.
    attendees: kind === 'removal' ? [{ ...to, optional: false, response: 'needs_action' }] : attendeesOf(interview),
    now: Date.parse(at),
  })
  return { method, content }
}
