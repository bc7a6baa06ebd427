import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, Nullable, OneOf } from '../lists/fields.ts'
import type { Score as OwnScore } from '../scheduling/fairness.ts'
import type { Explanation as OwnExplanation } from '../scheduling/explain.ts'
import { RULES } from '../scheduling/free-time.ts'

/** How it is told whose turn it is, and why there is no time. */

/** Sums of fractions are not exact; nobody needs more digits than these. */
const DIGITS = 1e6

const Term = (description: string) => Type.Number({ description })
export const Score = Type.Object(
  {
    target: Term('Their share of the interviews of all who could take the seat: by weight, over 28 days'),
    interviews: Term('How many they had'),
    calibration: Term('What the others averaged in the time in which they had not joined or were away'),
    weight: Term('Share of the load; 100 is a full one'),
    shortfall: Term('target − (interviews + calibration): who has the greatest comes first'),
    lastInterviewAt: Nullable(Instant),
  },
  { $id: 'FairnessScore', description: 'Whose turn it is, term by term' },
)
export type Score = Static<typeof Score>

const Relaxation = Type.Object(
  {
    rule: OneOf(RULES, 'The rule that would bring the most'),
    slots: Type.Integer({ description: 'How many slots more' }),
  },
  { description: 'What would help; not there when no single rule would' },
)

export const Explained = Type.Object(
  {
    interviewerId: Id,
    name: Type.String(),
    windowMinutes: Type.Integer({ description: 'The whole of what was looked at: the sum of the others' }),
    minutes: Type.Object(Object.fromEntries([...RULES, 'free'].map(rule => [rule, Type.Integer()])), {
      description: 'Taken away by each rule, each minute by the first that does; and what is free',
    }),
    relaxation: Type.Optional(Relaxation),
    problem: Type.Optional(
      Type.String({ description: 'Why nobody knows when they are busy; until it is solved they are not offered' }),
    ),
  },
  { $id: 'AvailabilityExplained', description: 'Where the time of one interviewer goes' },
)
export type Explained = Static<typeof Explained>

export const EveryonesRelaxation = Type.Object(Relaxation.properties, {
  description: 'The rule that would bring the most if it were relaxed for everybody',
})

export function scoreFrom({ lastInterviewAt, ...terms }: OwnScore): Score {
  const rounded = (term: number) => Math.round(term * DIGITS) / DIGITS || 0 // no -0
  return {
    target: rounded(terms.target),
    interviews: terms.interviews,
    calibration: rounded(terms.calibration),
    weight: terms.weight,
    shortfall: rounded(terms.shortfall),
    lastInterviewAt: lastInterviewAt === null ? null : new Date(lastInterviewAt).toISOString(),
  }
}

export function explainedFrom({ people }: OwnExplanation): Explained[] {
  return people.map(({ id, name, minutes, relaxation, problem }) => ({
    interviewerId: id,
    name,
    windowMinutes: Object.values(minutes).reduce((sum, part) => sum + part, 0),
    minutes,
    ...(relaxation && { relaxation }),
    ...(problem !== undefined && { problem }),
  }))
}
