import { Type, type Static } from '@sinclair/typebox'
import { Email, Id, Instant, part, TimeZone } from '../../domain/lists/fields.ts'
import { EveryonesRelaxation, Explained, PanelRole, Score, Seats } from '../../domain/panels/schemas.ts'

const STEPS = [5, 10, 15, 20, 30, 60]
const MOST_SLOTS = 500

const Step = (fallback: number) =>
  Type.Integer({
    enum: STEPS,
    minimum: 5,
    maximum: 60,
    default: fallback,
    description: 'Slots start at multiples of it past local midnight',
  })
const Length = Type.Integer({ minimum: 5, maximum: 1440, examples: [60] })
const Most = (fallback: number) => Type.Integer({ minimum: 1, maximum: MOST_SLOTS, default: fallback })
const Notice = Type.Integer({
  minimum: 0,
  maximum: 60 * 24 * 62,
  description: 'No slot starts sooner than this from now. Slots never start in the past, unless the whole span is past',
})

const Slot = {
  startsAt: Instant,
  endsAt: Instant,
  localStart: Type.String({ description: 'The start in the zone asked for', examples: ['2026-03-02T10:00:00+01:00'] }),
}

export const SlotQuery = Type.Object(
  {
    from: Instant,
    to: Instant,
    durationMinutes: Length,
    stepMinutes: Type.Optional(Step(30)),
    timezone: Type.Optional(Type.String({ ...TimeZone, description: 'IANA name; by default that of the interviewer' })),
    limit: Type.Optional(Most(200)),
  },
  { additionalProperties: false },
)
export type SlotQuery = Static<typeof SlotQuery>

export const Slots = Type.Object(
  { slots: Type.Array(Type.Object(Slot)) },
  {
    $id: 'Slots',
    description: 'When one interviewer is free, the earliest first',
    examples: [
      {
        slots: [
          {
            startsAt: '2026-03-02T09:00:00.000Z',
            endsAt: '2026-03-02T10:00:00.000Z',
            localStart: '2026-03-02T10:00:00+01:00',
          },
        ],
      },
    ],
  },
)
export type Slots = Static<typeof Slots>

const EXAMPLE = {
  from: '2026-03-02T00:00:00Z',
  to: '2026-03-14T00:00:00Z',
  durationMinutes: 60,
  stepMinutes: 15,
  timezone: 'Europe/Berlin',
  seats: [
    { count: 2, role: 'interviewer', skill: 'typescript', interviewType: 'technical' },
    { count: 1, role: 'lead' },
  ],
  candidateEmail: 'ada@example.com',
  minNoticeMinutes: 120,
  limit: 50,
  explain: true,
}

export const PanelQuery = Type.Object(
  {
    from: Instant,
    to: Instant,
    durationMinutes: Length,
    stepMinutes: Type.Optional(Step(30)),
    timezone: Type.Optional(Type.String({ ...TimeZone, description: 'IANA name; UTC by default' })),
    seats: Seats,
    candidateEmail: Type.Optional(
      Type.String({ ...Email, description: 'The candidate; no time is offered at which they are busy' }),
    ),
    minNoticeMinutes: Type.Optional(Notice),
    limit: Type.Optional(Most(50)),
    explain: Type.Optional(Type.Boolean({ description: 'Say where everybody’s time goes, and what would help' })),
  },
  { additionalProperties: false, examples: [EXAMPLE] },
)
export type PanelQuery = Static<typeof PanelQuery>

const PanelSlot = Type.Object({
  ...Slot,
  seats: Type.Array(
    Type.Object({
      role: PanelRole,
      available: Type.Array(Id, { description: 'At most 20; the person whose turn it is comes first' }),
      count: Type.Integer({ description: 'How many people are free for it' }),
    }),
  ),
  panel: Type.Array(Type.Object({ interviewerId: Id, role: PanelRole, score: part(Score) }), {
    description: 'The suggested panel: the fairest that is free',
  }),
})

export const PanelSlots = Type.Object(
  {
    slots: Type.Array(PanelSlot),
    explain: Type.Optional(Type.Array(part(Explained))),
    relaxation: Type.Optional(EveryonesRelaxation),
  },
  {
    $id: 'PanelSlots',
    description: 'When a whole panel can meet, the earliest first',
    examples: [
      {
        slots: [
          {
            startsAt: '2026-03-02T09:00:00.000Z',
            endsAt: '2026-03-02T10:00:00.000Z',
            localStart: '2026-03-02T10:00:00+01:00',
            seats: [{ role: 'lead', available: ['0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10'], count: 1 }],
            panel: [
              {
                interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
                role: 'lead',
                score: {
                  target: 2.8,
                  interviews: 2,
                  calibration: 0,
                  weight: 100,
                  shortfall: 0.8,
                  lastInterviewAt: '2026-02-26T14:00:00.000Z',
                },
              },
            ],
          },
        ],
      },
    ],
  },
)
export type PanelSlots = Static<typeof PanelSlots>
