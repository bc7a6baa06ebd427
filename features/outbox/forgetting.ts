import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { mailFolder } from '../../plugins/config.ts'
import { whenGone } from '../../plugins/files.ts'
import { outboxRepository } from './repository.ts'
import { MAIL_FILE } from './transport.ts'

const DAY_MS = 86_400_000

/** Forgets mails, in the outbox and as files, once they have been sent or given up for KEEP_MAILS_DAYS. */
export function forgetMails({ housekeeping, db, config }: FastifyInstance): void {
  const endOf = (now: number) => now - config.KEEP_MAILS_DAYS * DAY_MS
  housekeeping.add('sent mails', now =>
    db.transaction(tx => outboxRepository(tx).forget(new Date(endOf(now)).toISOString())),
  )
  housekeeping.add('files of mails', now => forgetFiles(mailFolder(config), endOf(now)))
}

/** Removes the files of mails that were written before `end`, in ms since 1970. Every machine has its own. */
async function forgetFiles(folder: string, end: number): Promise<false> {
  for (const name of (await readdir(folder).catch(whenGone)) ?? []) {
    if (!MAIL_FILE.test(name)) continue
    const file = join(folder, name)
    const written = (await stat(file).catch(whenGone))?.mtimeMs ?? end
    if (written < end) await rm(file, { force: true })
  }
  return false
}
