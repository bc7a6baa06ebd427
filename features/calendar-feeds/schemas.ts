import { Type, type Static } from '@sinclair/typebox'
import { Id, Instant, isList, part, Version } from '../../domain/lists/fields.ts'

export const Feed = Type.Object(
  { id: Id, interviewerId: Id, version: Version, createdAt: Instant, updatedAt: Instant },
  {
    $id: 'Feed',
    description: 'The addresses at which calendar programs read the interviews of one interviewer',
    examples: [
      {
        id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d30',
        interviewerId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        version: 1,
        createdAt: '2026-03-01T08:00:00.000Z',
        updatedAt: '2026-03-01T08:00:00.000Z',
      },
    ],
  },
)
export type Feed = Static<typeof Feed>

const SECRET = 'Everybody who has the address can read it; it is shown only once'
const ADDRESS = 'https://panelist.example/calendar/vQ3…'
export const NewFeed = Type.Composite(
  [
    Feed,
    Type.Object({
      eventsUrl: Type.String({ description: `The interviews. ${SECRET}` }),
      freebusyUrl: Type.String({ description: `The busy times, and nothing else. ${SECRET}` }),
    }),
  ],
  {
    $id: 'NewFeed',
    description: 'A feed with its secret addresses',
    examples: [{ ...example(Feed), eventsUrl: `${ADDRESS}/events.ics`, freebusyUrl: `${ADDRESS}/freebusy.ics` }],
  },
)
export type NewFeed = Static<typeof NewFeed>

export const FeedList = Type.Object(
  { data: Type.Array(part(Feed)) },
  {
    $id: 'FeedList',
    description: 'The feeds of an interviewer, without their secrets',
    examples: [{ data: [example(Feed)] }],
  },
)

function example({ examples }: { examples?: unknown }): object {
  const first: unknown = isList(examples) ? examples[0] : undefined
  return typeof first === 'object' && first !== null ? first : {}
}
