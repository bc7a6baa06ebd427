import type { Transaction } from '../../db/database.ts'
import { sessionStore } from './sessions.ts'

export { IS_SOMEBODY } from '../../plugins/auth/identity.ts'

const DELETE_API_TOKENS = 'DELETE FROM api_tokens WHERE user_id = :userId'
const DELETE_FEEDS = 'DELETE FROM feeds WHERE user_id = :userId'

/**
 * Ends everything that lets somebody in as this account: its sessions but the one that is `kept`, its API tokens, and the
 * calendar feeds that it made. What is added to these one day ends here, and after a restore (db/restore.ts), as well.
 */
export async function endAccess(tx: Transaction, userId: string, kept: string | null = null): Promise<void> {
  await sessionStore(tx).endOthersOf(userId, kept, new Date().toISOString())
  await tx.run(DELETE_API_TOKENS, { userId })
  await tx.run(DELETE_FEEDS, { userId })
}
