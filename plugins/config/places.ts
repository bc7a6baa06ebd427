import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import type { Config } from './schema.ts'

/** The address people use, without a slash at its end: PUBLIC_URL, by default the address it listens on. */
export function publicAddress({ PUBLIC_URL, HOST, PORT }: Config): string {
  return PUBLIC_URL?.replace(/\/$/, '') ?? `http://${isIP(HOST) === 6 ? `[${HOST}]` : HOST}:${PORT}`
}

/** The folder of the files a machine keeps: that of the database file, or `data` when the database is a server. */
export function dataFolder(databaseUrl: string): string {
  return databaseUrl.startsWith('file:') ? dirname(resolve(databaseUrl.slice('file:'.length))) : resolve('data')
}

/** The folder of the files that mails are written to where there is no mail server: one beside the database file. */
export function mailFolder({ DATABASE_URL }: Pick<Config, 'DATABASE_URL'>): string {
  return join(dataFolder(DATABASE_URL), 'outbox')
}

/** The folder of the backups: BACKUP_DIR, or one beside the database file. */
export function backupFolder({ BACKUP_DIR, DATABASE_URL }: Pick<Config, 'BACKUP_DIR' | 'DATABASE_URL'>): string {
  return BACKUP_DIR === undefined ? join(dataFolder(DATABASE_URL), 'backups') : resolve(BACKUP_DIR)
}
