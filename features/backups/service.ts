import type { FileHandle } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Database, Snapshots } from '../../db/database.ts'
import { commandLine, type Actor } from '../../plugins/actor.ts'
import type { AuditEntry } from '../../plugins/audit-logger.ts'
import { found } from '../../plugins/errors.ts'
import { BackupsElsewhere } from './failures.ts'
import { findBackup, listBackups, openBackup } from './folder.ts'
import { makeBackup } from './making.ts'
import { backupsRepository } from './repository.ts'
import type { Backup, MadeBackup } from './schemas.ts'

const ENTITY = 'backup'
const SCHEDULE: Actor = { ...commandLine, name: 'backup schedule' }

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'> & { readonly folder: string }

export type Backups = ReturnType<typeof backupsService>

export const backupsService = ({ db, audit, idempotency, folder }: Parts) => {
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const make = async (since?: string): Promise<MadeBackup | undefined> => {
    const making = makeBackup({ snapshots: snapshotsOf(db), folder, signal: closing.signal, since })
    running.add(making)
    return making.finally(() => running.delete(making))
  }
  const scheduled = async (due: string): Promise<MadeBackup | undefined> => {
    const made = await make(due)
    if (made) await db.transaction(tx => audit.record(tx, SCHEDULE, entryOf(made)))
    return made
  }
  return {
    list: async (): Promise<Backup[]> => {
      snapshotsOf(db)
      return listBackups(folder)
    },

    find: async (name: string): Promise<Backup> => {
      snapshotsOf(db)
      return found(await findBackup(folder, name), ENTITY)
    },

    /** Opens the file of a backup and records who took it. The caller closes it. */
    download: async (actor: Actor, { name }: Backup): Promise<FileHandle> => {
      const file = found(await openBackup(folder, name), ENTITY)
      try {
        const entry = { action: 'download', entityType: ENTITY, entityId: name }
        await db.transaction(tx => audit.record(tx, actor, entry))
        return file
      } catch (error) {
        await file.close()
        throw error
      }
    },

    /** A copy takes longer than a transaction may, so it is made first and recorded once it exists. */
    create: async (actor: Actor): Promise<MadeBackup> => {
      const earlier = await idempotency.earlier<MadeBackup>(actor)
      if (earlier) return earlier
      const made = found(await make(), ENTITY)
      return idempotency.once(actor, async tx => {
        await audit.record(tx, actor, entryOf(made))
        return made
      })
    },

    /** Makes the backup that was due then; returns undefined when it exists already. */
    createScheduled: scheduled,

    /** As `createScheduled`, after a time when the program may not have run: none was due before there was a database. */
    createMissed: async (due: string): Promise<MadeBackup | undefined> =>
      (await backupsRepository(db).existedBefore(due)) ? scheduled(due) : undefined,

    /** Stops the copies under way; nothing of them remains. */
    close: async (): Promise<void> => {
      closing.abort()
      await Promise.allSettled(running)
    },
  }
}

function entryOf(made: MadeBackup): AuditEntry {
  return { action: 'create', entityType: ENTITY, entityId: made.name, after: made }
}

/** Throws where backups are made outside this program. */
function snapshotsOf({ snapshots }: Database): Snapshots {
  if (!snapshots) throw new BackupsElsewhere()
  return snapshots
}
