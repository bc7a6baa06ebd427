import { Type, type Static } from '@sinclair/typebox'
import { Instant } from '../../domain/lists/fields.ts'

const totalUsers = Type.Integer({ minimum: 0, examples: [42] })
const lastUpdated = Type.String({ ...Instant, description: 'When it last changed or was last verified' })

export const UserCount = Type.Object(
  { totalUsers, lastUpdated },
  {
    $id: 'UserCount',
    description: 'How many users there are',
    examples: [{ totalUsers: 42, lastUpdated: '2026-03-02T09:00:00.000Z' }],
  },
)
export type UserCount = Static<typeof UserCount>

export const Recalculation = Type.Object(
  {
    totalUsers,
    before: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'The count before; null: it was missing',
    }),
    after: Type.Integer({ description: 'How many users there are' }),
    corrected: Type.Boolean({ description: 'Whether the count had been wrong' }),
    lastUpdated,
  },
  {
    $id: 'UserCountRecalculation',
    description: 'What was found',
    examples: [{ totalUsers: 42, before: 41, after: 42, corrected: true, lastUpdated: '2026-03-02T09:00:00.000Z' }],
  },
)
export type Recalculation = Static<typeof Recalculation>
