import type { FastifyInstance } from 'fastify'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import type { Availability as Hours } from '../../domain/scheduling/availability.ts'
import { visibleTo } from '../../domain/accounts/visibility.ts'
import { availabilityRepository } from './repository.ts'
import { inOrder } from './rules.ts'
import type { Availability, AvailabilityChanges } from './schemas.ts'

/** Hours are a part of the interviewer, and their changes one of the interviewer's history. */
const ENTITY = 'interviewer'

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

export const availabilityService = ({ db, audit }: Parts) => ({
  find: async (viewer: Caller, interviewerId: string): Promise<Availability> =>
    visibleTo(viewer, await availabilityRepository(db).find(interviewerId)).availability,

  /** Changes the lists that are sent. Throws a ValidationError for hours that contradict each other. */
  update: (
    actor: Caller,
    interviewerId: string,
    changes: AvailabilityChanges,
    expected: ExpectedVersions,
  ): Promise<Availability> =>
    db.transaction(async tx => {
      const kept = availabilityRepository(tx)
      const { availability: before, stated } = visibleTo(actor, await kept.find(interviewerId))
      assertVersion(before.version, expected)
      const changed = { ...before, ...inOrder(changes) }
      await (stated ? kept.update(changed) : kept.insert(changed))
      const { availability: after } = visibleTo(actor, await kept.find(interviewerId))
      const lists = { before: hoursOf(before), after: hoursOf(after) }
      await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: interviewerId, ...lists })
      return after
    }),
})

function hoursOf({ weekly, overrides, timeOff, travel }: Hours): Hours {
  return { weekly, overrides, timeOff, travel }
}
