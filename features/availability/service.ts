import type { Database } from '../../db/database.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import type { Availability as Hours } from '../scheduling/availability.ts'
import { isStaff } from '../staff.ts'
import { availabilityRepository, type Kept } from './repository.ts'
import { inOrder } from './rules.ts'
import type { Availability, AvailabilityChanges } from './schemas.ts'

/** Hours are a part of the interviewer, and their changes one of the interviewer's history. */
const ENTITY = 'interviewer'

export const availabilityService = (db: Database, audit: AuditLogger) => ({
  find: async (viewer: Caller, interviewerId: string): Promise<Availability> =>
    visible(viewer, await availabilityRepository(db).find(interviewerId)).availability,

  /** Changes the lists that are sent. Throws a ValidationError for hours that contradict each other. */
  update: (
    actor: Caller,
    interviewerId: string,
    changes: AvailabilityChanges,
    expected: ExpectedVersions,
  ): Promise<Availability> =>
    db.transaction(async tx => {
      const kept = availabilityRepository(tx)
      const { availability: before, stated } = visible(actor, await kept.find(interviewerId))
      assertVersion(before.version, expected)
      const changed = { ...before, ...inOrder(changes) }
      await (stated ? kept.update(changed) : kept.insert(changed))
      const { availability: after } = visible(actor, await kept.find(interviewerId))
      const lists = { before: hoursOf(before), after: hoursOf(after) }
      await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: interviewerId, ...lists })
      return after
    }),
})

/** Staff see everybody's hours, an interviewer the own, for as long as the account is linked. */
export function visible(viewer: Caller, kept: Kept | undefined): Kept {
  const own = kept?.userId === viewer.id
  return found(own || isStaff(viewer) ? kept : undefined, ENTITY)
}

function hoursOf({ weekly, overrides, timeOff, travel }: Hours): Hours {
  return { weekly, overrides, timeOff, travel }
}
