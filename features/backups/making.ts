import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import type { SnapshotOptions, Snapshots } from '../../db/database.ts'
import { backupFailed, BackupInProgress } from './failures.ts'
import { findBackup, hasScheduledSince, removeLeftovers, removeOld } from './folder.ts'
import { checksumFile, kindOf, LOCK_FILE, nameOf, timeOf, unfinished, type Kind } from './names.ts'
import type { MadeBackup } from './schemas.ts'

/** Whoever reads a backup reads everything. */
const OWNER_ALONE = 0o600

export interface Making extends SnapshotOptions {
  readonly snapshots: Snapshots
  readonly folder: string
  /** Makes one of the schedule, and none when there is one from this instant or later. Without it, one by hand. */
  readonly since?: string | undefined
}

/**
 * Makes a backup of everything committed so far and removes those that are no longer kept; undefined when none was
 * needed. A file has the name of a backup only when it is whole, was read through, and is on the disk. Throws a
 * BackupInProgress or a BackupFailed; the backups there were are still there.
 */
export async function makeBackup(making: Making): Promise<MadeBackup | undefined> {
  try {
    await mkdir(making.folder, { recursive: true, mode: 0o700 })
    return await alone(making, async () => {
      if (making.since !== undefined && (await hasScheduledSince(making.folder, making.since))) return undefined
      const made = await write(making)
      await removeOld(making.folder)
      return made
    })
  } catch (error) {
    throw backupFailed(error, making.signal)
  }
}

/** Runs `work` while nobody else makes a backup in this folder, and removes what it left unfinished, or others before. */
async function alone<Result>({ snapshots, folder }: Making, work: () => Promise<Result>): Promise<Result> {
  const unlock = snapshots.lock(join(folder, LOCK_FILE))
  if (!unlock) throw new BackupInProgress()
  try {
    await removeLeftovers(folder)
    return await work().catch(async (error: unknown) => {
      await removeLeftovers(folder)
      throw error
    })
  } finally {
    unlock()
  }
}

async function write(making: Making): Promise<MadeBackup> {
  const { snapshots, folder, since, signal } = making
  const name = await freeName(folder, since === undefined ? 'manual' : 'scheduled', signal)
  const started = performance.now()
  const copy = join(folder, unfinished(name.replace(/\.gz$/, '')))
  const packed = join(folder, unfinished(name))
  await writeFile(copy, '', { mode: OWNER_ALONE, flag: 'wx' }) // SQLite would let others read it
  await snapshots.take(copy, making)
  const { size } = await stat(copy)
  const { bytes, sha256 } = await pack(copy, packed, signal)
  await rm(copy)
  await publish(folder, name, sha256)
  const durationMs = Math.round(performance.now() - started)
  const kind = kindOf(name)
  return { name, kind, createdAt: timeOf(name), bytes, sha256, databaseBytes: size, durationMs, verified: true }
}

/** A name says when, to the second: the second backup of one second waits for the next. */
async function freeName(folder: string, kind: Kind, signal: AbortSignal | undefined): Promise<string> {
  for (;;) {
    const name = nameOf(new Date(), kind)
    if (!(await findBackup(folder, name))) return name
    await sleep(1000 - (Date.now() % 1000), undefined, { signal })
  }
}

async function pack(from: string, to: string, signal: AbortSignal | undefined) {
  const hash = createHash('sha256')
  let bytes = 0
  async function* measured(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  const target = createWriteStream(to, { flags: 'wx', mode: OWNER_ALONE, flush: true })
  await pipeline(createReadStream(from), createGzip(), measured, target, { signal })
  return { bytes, sha256: hash.digest('hex') }
}

/** Gives the files their names, the checksum first: a backup is never there without. */
async function publish(folder: string, name: string, sha256: string): Promise<void> {
  const checksum = checksumFile(name)
  const line = `${sha256}  ${name}\n`
  await writeFile(join(folder, unfinished(checksum)), line, { mode: OWNER_ALONE, flag: 'wx', flush: true })
  for (const file of [checksum, name]) await rename(join(folder, unfinished(file)), join(folder, file))
  const entries = await open(folder)
  await entries.sync().finally(() => entries.close())
}
