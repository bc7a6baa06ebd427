import type { Readable } from 'node:stream'
import { Type, type Static } from '@sinclair/typebox'
import { Instant, Nullable } from '../../domain/lists/fields.ts'
import { BACKUP_NAME, KINDS, type Kind } from './names.ts'

const BackupName = Type.String({
  pattern: BACKUP_NAME,
  description: 'The name of the file, with the second in which the backup began',
  examples: ['panelist-20261121T030000Z.db.gz'],
})
const SHA256 = 'SHA-256 of the file, in hexadecimal'
const Count = (description: string) => Type.Integer({ minimum: 0, description })

const BackupKind = Type.Unsafe<Kind>({
  type: 'string',
  enum: KINDS,
  description: 'Whether the schedule has made it or somebody by hand',
})

const FIELDS = {
  name: BackupName,
  kind: BackupKind,
  createdAt: Instant,
  bytes: Count('The size of the compressed file'),
}

const EXAMPLE = {
  name: 'panelist-20261121T030000Z.db.gz',
  kind: 'scheduled',
  createdAt: '2026-11-21T03:00:00.000Z',
  bytes: 402_133,
  sha256: '5d41c1f9f4fdb3a1e1f0c8b6c2b0a7d4e3f2a1908b7c6d5e4f3a2b1c0d9e8f7a',
}

export const Backup = Type.Object(
  { ...FIELDS, sha256: Nullable(Type.String({ description: `${SHA256}; null: its file is gone` })) },
  { $id: 'Backup', description: 'Everything there was at one moment, in one file', examples: [EXAMPLE] },
)
export type Backup = Static<typeof Backup>

export const MadeBackup = Type.Object(
  {
    ...FIELDS,
    sha256: Type.String({ description: SHA256 }),
    databaseBytes: Count('What it holds, uncompressed'),
    durationMs: Count('How long it took, in milliseconds'),
    verified: Type.Literal(true, { description: 'The copy was verified, as every backup is' }),
  },
  {
    $id: 'MadeBackup',
    description: 'A backup that was just made',
    examples: [
      {
        ...EXAMPLE,
        name: 'panelist-20261121T030000Z_manual.db.gz',
        kind: 'manual',
        databaseBytes: 2_134_016,
        durationMs: 180,
        verified: true,
      },
    ],
  },
)
export type MadeBackup = Static<typeof MadeBackup>

export const BackupList = Type.Object(
  { data: Type.Array(Type.Unsafe<Backup>({ $ref: 'Backup#' })) },
  { $id: 'BackupList', description: 'The backups that exist, the newest first', examples: [{ data: [EXAMPLE] }] },
)

export const BackupFile = Type.Unsafe<Readable>({
  type: 'string',
  $id: 'BackupFile',
  description: 'An SQLite database, compressed by gzip',
  examples: ['(bytes)'],
})

export const OnlyName = Type.Object({ name: BackupName }, { additionalProperties: false })
