import type { Queryable } from '../../db/database.ts'

const TAKE_LEASE = `INSERT INTO leases (name, holder, until) VALUES ('outbox', :holder, :until)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE leases.holder = excluded.holder OR leases.until < :now OR leases.until > :longest`
const GIVE_UP_LEASE = `DELETE FROM leases WHERE name = 'outbox' AND holder = :holder`

/** The lease of the instance that does the work. */
export const leaseRepository = (sql: Queryable) => ({
  /** 0 changes when another instance holds the lease, unless it holds it for longer than any: its clock was wrong then. */
  take: (lease: { holder: string; until: string; now: string; longest: string }) => sql.run(TAKE_LEASE, lease),
  giveUp: (holder: string) => sql.run(GIVE_UP_LEASE, { holder }),
})
