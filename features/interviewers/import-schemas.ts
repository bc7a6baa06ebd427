import { Type, type Static } from '@sinclair/typebox'
import { Id, OneOf } from '../../domain/lists/fields.ts'
import { Warning } from './schemas.ts'

/** Counted in bytes; no character has fewer than one. */
export const LARGEST_IMPORT = 16 * 1024 * 1024

const HEADING = 'name,email,skills,interviewTypes,timezone'

/** The content type decides; a request without type and body is not checked. */
export const ImportFile = Type.Unsafe<string | undefined>({
  content: {
    'text/csv': {
      schema: Type.String({
        minLength: 1,
        maxLength: LARGEST_IMPORT,
        description:
          'UTF-8, with commas or semicolons; at most 16 MiB, 1,000 people, and 20,000 rows with the empty ones',
        examples: [`${HEADING}\r\nAda Lovelace,ada@example.com,TypeScript|SQL,technical,Europe/Berlin\r\n`],
      }),
    },
  },
})

const Mode = OneOf(['all', 'valid'], 'all: every row or none; valid: the rows that are right')

const QUERY = Type.Object(
  {
    dryRun: Type.Boolean({ default: false, description: 'Only report what would be done' }),
    mode: { ...Mode, default: 'all' },
  },
  { additionalProperties: false },
)
export const ImportQuery = { ...QUERY, required: [] } // both have a default
export type ImportQuery = Static<typeof ImportQuery>

const ImportedRow = Type.Object({
  row: Type.Integer({ description: 'The row number of a spreadsheet: the heading is 1' }),
  status: OneOf(['created', 'updated', 'unchanged', 'failed']),
  id: Type.Optional(Id),
  errors: Type.Array(Type.Object({ column: Type.String(), message: Type.String() })),
  warnings: Type.Optional(
    Type.Array(Warning, { description: 'Interviews that remain for somebody who is now inactive' }),
  ),
})
export type ImportedRow = Static<typeof ImportedRow>

export const ImportReport = Type.Object(
  {
    dryRun: Type.Boolean(),
    mode: Mode,
    applied: Type.Boolean({ description: 'Whether the changes have been made' }),
    created: Type.Integer(),
    updated: Type.Integer(),
    unchanged: Type.Integer(),
    failed: Type.Integer(),
    rows: Type.Array(ImportedRow),
  },
  {
    $id: 'ImportReport',
    description: 'What happened to each row, or would happen to it',
    examples: [
      {
        dryRun: false,
        mode: 'valid',
        applied: true,
        created: 1,
        updated: 0,
        unchanged: 0,
        failed: 1,
        rows: [
          { row: 2, status: 'created', id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10', errors: [] },
          { row: 3, status: 'failed', errors: [{ column: 'email', message: 'row 2 has the same address' }] },
        ],
      },
    ],
  },
)
export type ImportReport = Static<typeof ImportReport>
