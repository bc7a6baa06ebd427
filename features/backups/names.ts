/** Backups are files in one folder, recognised by their names; any other file is left alone. */

/** `panelist-20261121T030000Z.db.gz` for one of the schedule, `…Z_manual.db.gz` for one by hand: no path can be made of it. */
export const BACKUP_NAME = '^panelist-\\d{8}T\\d{6}Z(?:_manual)?\\.db\\.gz$'
export const KINDS = ['scheduled', 'manual'] as const
export type Kind = (typeof KINDS)[number]
export const LOCK_FILE = '.lock'

const MADE = new RegExp(BACKUP_NAME)
const UNFINISHED = /^\.panelist-\d{8}T\d{6}Z(?:_manual)?\.db[\w.]*\.partial(?:-journal|-wal|-shm)?$/
const TIME = /^panelist-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/

export function isBackup(file: string): boolean {
  return MADE.test(file)
}

/** A file that a backup was being written to. */
export function isUnfinished(file: string): boolean {
  return UNFINISHED.test(file)
}

/** The name of a backup that begins at this time, to the second. */
export function nameOf(time: Date, kind: Kind): string {
  const end = kind === 'manual' ? '_manual' : ''
  return `panelist-${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z${end}.db.gz`
}

export function kindOf(name: string): Kind {
  return name.includes('_manual') ? 'manual' : 'scheduled'
}

/** When the backup of this name began. */
export function timeOf(name: string): string {
  return name.replace(TIME, '$1-$2-$3T$4:$5:$6.000Z').slice(0, 24)
}

/** The line that `sha256sum -c` reads. */
export function checksumFile(name: string): string {
  return `${name}.sha256`
}

/** Where something is written that gets its name when it is whole. */
export function unfinished(name: string): string {
  return `.${name}.partial`
}
