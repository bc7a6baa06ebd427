import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, OneOf } from '../../domain/lists/fields.ts'
import { INTERVIEWER_STATUSES } from '../../domain/panels/interviewer.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const Part = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })

const query = Type.Object(
  {
    from: Type.String({
      ...Instant,
      description: 'Interviews that start then or later',
      examples: ['2026-03-01T00:00:00Z'],
    }),
    to: Type.String({
      ...Instant,
      description: 'Interviews that start before; at most 400 days after `from`',
      examples: ['2026-04-01T00:00:00Z'],
    }),
    format: Type.Unsafe<'json' | 'svg'>({ ...OneOf(['json', 'svg'], 'svg is a bar chart'), default: 'json' }),
  },
  { additionalProperties: false },
)
export const LoadQuery = { ...query, required: ['from', 'to'] } // a format is always there, as it has a default
export type LoadQuery = Static<typeof LoadQuery>

const Load = Type.Object({
  interviewerId: Id,
  name: Type.String(),
  status: OneOf(INTERVIEWER_STATUSES),
  weight: Type.Integer({ minimum: 1, description: 'Share of the load; 100 is a full one' }),
  interviews: Count('Scheduled, completed and no-shows, in whatever role'),
  minutes: Count('How long these took, in minutes'),
  share: Part('Their share of all interviews in the report, to 4 digits'),
  target: Part('The share that the weight asks for among those active; 0 for the others'),
  declines: Count('How many of these interviews they declined'),
  noShows: Count('No-shows of the interviewers in these interviews'),
  candidateNoShows: Count('No-shows of the candidates in these interviews'),
})
export type Load = Static<typeof Load>

const EXAMPLE = {
  from: '2026-03-01T00:00:00.000Z',
  to: '2026-04-01T00:00:00.000Z',
  interviews: 4,
  data: [
    {
      interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
      name: 'Ada Lovelace',
      status: 'active',
      weight: 100,
      interviews: 3,
      minutes: 180,
      share: 0.75,
      target: 0.6667,
      declines: 1,
      noShows: 0,
      candidateNoShows: 1,
    },
    {
      interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d12',
      name: 'Grace Hopper',
      status: 'active',
      weight: 50,
      interviews: 1,
      minutes: 45,
      share: 0.25,
      target: 0.3333,
      declines: 0,
      noShows: 0,
      candidateNoShows: 0,
    },
  ],
}

export const LoadReport = Type.Object(
  {
    from: Instant,
    to: Instant,
    interviews: Count('For everybody together: an interview with a panel of three counts three times'),
    data: Type.Array(Load, { description: 'Everybody who is active or sat in one; those who sat in most come first' }),
  },
  { $id: 'LoadReport', description: 'Who sat in how many interviews, against their share', examples: [EXAMPLE] },
)
export type LoadReport = Static<typeof LoadReport>

export const LoadChart = Type.String({
  $id: 'LoadChart',
  description: 'The same as a chart, for the first 200 people',
  examples: [
    '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="180" viewBox="0 0 960 180" role="img">…</svg>',
  ],
})
