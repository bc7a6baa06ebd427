import { Type, type Static } from '@sinclair/typebox'
import { RESPONSES } from '../../../domain/icalendar/responses.ts'
import { Id, OneOf } from '../../../domain/lists/fields.ts'

export const LARGEST_REPLY_BYTES = 256 * 1024

export const ReplyResult = Type.Object(
  {
    status: OneOf(['applied', 'ignored']),
    eventId: Id,
    interviewerId: Type.Optional(Id),
    response: OneOf(RESPONSES),
    reason: Type.Optional(Type.String({ description: 'Why the reply was ignored' })),
  },
  {
    $id: 'CalendarReplyResult',
    description: 'The result of a reply from a calendar program',
    examples: [
      {
        status: 'applied',
        eventId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
        interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        response: 'accepted',
      },
    ],
  },
)
export type ReplyResult = Static<typeof ReplyResult>

export const ReplyText = Type.String({
  maxLength: LARGEST_REPLY_BYTES,
  examples: [
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//A calendar program//EN',
      'METHOD:REPLY',
      'BEGIN:VEVENT',
      'UID:0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11@panelist.example',
      'SEQUENCE:0',
      'DTSTAMP:20260301T090000Z',
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  ],
})
