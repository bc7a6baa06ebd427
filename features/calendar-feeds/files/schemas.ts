import { Type } from '@sinclair/typebox'

export const CalendarFile = Type.String({
  $id: 'CalendarFile',
  description: 'iCalendar (RFC 5545)',
  examples: [
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Panelist//EN',
      'BEGIN:VEVENT',
      'UID:0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11@panelist.example',
      'DTSTAMP:20260301T080000Z',
      'DTSTART:20260302T090000Z',
      'DTEND:20260302T100000Z',
      'SUMMARY:Technical interview',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  ],
})

export const SecretPath = Type.Object(
  {
    secret: Type.String({
      pattern: '^[\\w-]{43}$',
      maxLength: 43,
      description: 'The secret from the address that was shown',
    }),
  },
  { additionalProperties: false },
)
