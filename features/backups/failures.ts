import createError from '@fastify/error'
import { retryIn } from '../../plugins/errors.ts'

export const BackupInProgress = createError('BACKUP_IN_PROGRESS', 'A backup is being made; wait for its end', 409)
export const BackupsElsewhere = createError(
  'BACKUPS_BY_POSTGRESQL',
  'This database is on a server, which is backed up by its own means',
  409,
)
const BackupFailed = createError<[string, { cause: unknown }]>('BACKUP_FAILED', 'No backup was made: %s', 503)

const RETRY_SECONDS = 60
const NO_ROOM = /^(?:ENOSPC|EDQUOT|SQLITE_FULL)$/
const NOT_WRITABLE = /^(?:EACCES|EPERM|EROFS|EEXIST|ENOENT|ENOTDIR|SQLITE_CANTOPEN|SQLITE_READONLY)/

/** The refusal that a failed backup is answered with, which tells no path; a BackupInProgress stays what it is. */
export function backupFailed(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof BackupInProgress) return error
  const reason = signal?.aborted === true ? 'the program is ending' : reasonOf(codeOf(error))
  return retryIn(new BackupFailed(reason, { cause: error }), RETRY_SECONDS)
}

function reasonOf(code: string): string {
  if (NO_ROOM.test(code)) return 'there is no room left where backups are kept'
  if (NOT_WRITABLE.test(code)) return 'the folder of the backups cannot be written to'
  return 'the reason is in the log under this request id'
}

/** The code of a file's error, or of SQLite's below the one of the database. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error ? String(error.code) : codeOf(error.cause)
}
