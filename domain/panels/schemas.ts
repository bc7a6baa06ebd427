import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, Line, Nullable, OneOf } from '../lists/fields.ts'
import { RULES } from '../scheduling/free-time.ts'
import { MOST_KINDS } from '../scheduling/matching.ts'

/** The kinds of interview: what an event is and what an interviewer does. */
export const InterviewType = OneOf([
  'phone_screen',
  'technical',
  'system_design',
  'coding',
  'behavioral',
  'hiring_manager',
  'panel',
  'onsite',
  'other',
])

export const MOST_SEATS = 20

export const PanelRole = OneOf(['lead', 'interviewer', 'shadow'], 'A shadow watches and learns')

export const Seat = Type.Object(
  {
    count: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MOST_SEATS, default: 1, description: 'How many seats of this kind' }),
    ),
    role: Type.Optional(PanelRole),
    skill: Type.Optional(Line(60, { description: 'One of their skills, without regard to case' })),
    interviewType: Type.Optional(InterviewType),
    interviewerIds: Type.Optional(
      Type.Array(Id, { minItems: 1, maxItems: 200, description: 'Only one of these people' }),
    ),
  },
  { additionalProperties: false, description: 'A kind of seat. Whoever takes it meets all its conditions' },
)
export type Seat = Static<typeof Seat>

export const Seats = Type.Array(Seat, {
  minItems: 1,
  maxItems: MOST_KINDS,
  description: `The seats of a panel, at most ${MOST_SEATS} in all: every one is taken, each by a different person`,
})

const Term = (description: string) => Type.Number({ description })
export const Score = Type.Object(
  {
    target: Term('Their share of the interviews of all who could take the seat: by weight, over 28 days'),
    interviews: Term('How many interviews they had in that time'),
    calibration: Term('What the others averaged while they had not joined yet or were away'),
    weight: Term('Their share of the load; 100 is a full one'),
    shortfall: Term('target − (interviews + calibration): the person with the greatest comes first'),
    lastInterviewAt: Nullable(Instant),
  },
  { $id: 'FairnessScore', description: 'Whose turn it is, term by term' },
)
export type Score = Static<typeof Score>

const Relaxation = Type.Object(
  {
    rule: OneOf(RULES, 'The rule that would bring the most slots'),
    slots: Type.Integer({ description: 'How many more slots there would be' }),
  },
  { description: 'What would help; absent when no single rule would' },
)

export const Explained = Type.Object(
  {
    interviewerId: Id,
    name: Type.String(),
    windowMinutes: Type.Integer({ description: 'The length of the whole span: the sum of the others' }),
    minutes: Type.Object(Object.fromEntries([...RULES, 'free'].map(rule => [rule, Type.Integer()])), {
      description: 'The minutes that each rule takes away, each minute counted for the first; and those that are free',
    }),
    relaxation: Type.Optional(Relaxation),
    problem: Type.Optional(
      Type.String({ description: 'Why nobody knows when they are busy; they are not offered until this is solved' }),
    ),
  },
  { $id: 'AvailabilityExplained', description: 'Where the time of one interviewer goes' },
)
export type Explained = Static<typeof Explained>

export const EveryonesRelaxation = Type.Object(Relaxation.properties, {
  description: 'The rule that would bring the most slots if it were relaxed for everybody',
})
export type Relaxation = Static<typeof Relaxation>
