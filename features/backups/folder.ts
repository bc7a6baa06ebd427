import { open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { whenGone } from '../../plugins/files.ts'
import { checksumFile, isBackup, isUnfinished, kindOf, timeOf } from './names.ts'
import { outlived } from './retention.ts'
import type { Backup } from './schemas.ts'

const CHECKSUM = /^([0-9a-f]{64}) [ *]/

/** The backups in a folder, newest first; none when the folder does not exist. */
export async function listBackups(folder: string): Promise<Backup[]> {
  const names = (await namesOf(folder)).sort().reverse()
  const backups = await Promise.all(names.map(name => findBackup(folder, name)))
  return backups.filter(backup => backup !== undefined)
}

/** Whether there is one of the schedule that was begun at this instant (RFC 3339, UTC) or later. */
export async function hasScheduledSince(folder: string, instant: string): Promise<boolean> {
  return (await namesOf(folder)).some(name => kindOf(name) === 'scheduled' && timeOf(name) >= instant)
}

export async function findBackup(folder: string, name: string): Promise<Backup | undefined> {
  if (!isBackup(name)) return undefined
  const file = await stat(join(folder, name)).catch(whenGone)
  if (!file) return undefined
  return { name, kind: kindOf(name), createdAt: timeOf(name), bytes: file.size, sha256: await checksumOf(folder, name) }
}

/** Opened, it can be read to its end also when it is removed meanwhile. */
export async function openBackup(folder: string, name: string): Promise<FileHandle | undefined> {
  return isBackup(name) ? open(join(folder, name)).catch(whenGone) : undefined
}

/** Removes what backups left behind that did not come to their end. For whoever has the lock of the folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  const files = new Set(await filesOf(folder))
  const isOrphan = (file: string) =>
    file.endsWith('.sha256') && isBackup(file.slice(0, -7)) && !files.has(file.slice(0, -7))
  for (const file of files) if (isUnfinished(file) || isOrphan(file)) await rm(join(folder, file), { force: true })
}

/** Removes the backups that are no longer kept. */
export async function removeOld(folder: string): Promise<void> {
  for (const name of outlived(await namesOf(folder))) {
    for (const file of [name, checksumFile(name)]) await rm(join(folder, file), { force: true })
  }
}

/** Null when somebody took the file with it away. */
async function checksumOf(folder: string, name: string): Promise<string | null> {
  const text = (await readFile(join(folder, checksumFile(name)), 'utf8').catch(whenGone)) ?? ''
  return CHECKSUM.exec(text)?.[1] ?? null
}

async function namesOf(folder: string): Promise<string[]> {
  return (await filesOf(folder)).filter(isBackup)
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(whenGone)) ?? []
}
