import { Type, type Static, type TProperties, type TSchema } from '@sinclair/typebox'
import { FORMATS, type Format } from '../../plugins/exports.ts'
import { refused } from './answers.ts'
import { OneOf } from './fields.ts'

const FORMAT = Type.Unsafe<Format>({
  ...OneOf(['csv', 'xlsx', 'pdf'], 'csv and xlsx have every field, pdf has those that fit on paper'),
  default: 'csv',
})

/** The query of a list, for all of it at once. */
export function ExportQuery<Query extends TSchema & { readonly properties: TProperties }>(query: Query) {
  const { limit: _limit, offset: _offset, cursor: _cursor, ...own } = query.properties
  const all = Type.Object({ format: FORMAT, ...own }, { additionalProperties: false })
  // A format is always there, as it has a default: nobody needs to send one.
  return Type.Unsafe<Exported<Static<Query>>>({ ...all, required: [] })
}

type Exported<Query> = Omit<Query, 'limit' | 'offset' | 'cursor'> & { readonly format: Format }

/** What describes the file of a list. */
interface Described<Query extends TSchema> {
  readonly tags: readonly string[]
  readonly operationId: string
  /** What is exported, as in "Export interviewers". */
  readonly what: string
  /** Who gets which rows, in a sentence. */
  readonly readers: string
  readonly query: Query
  /** The beginning of such a CSV file. */
  readonly example: string
}

/** The schema of `GET …/export`. */
export function exportOf<Query extends TSchema>({
  tags,
  operationId,
  what,
  readers,
  query,
  example,
}: Described<Query>) {
  const file = (description: string, start: string) =>
    Type.Unsafe<unknown>({ type: 'string', description, examples: [start] })
  return {
    tags: [...tags],
    operationId,
    summary: `Export ${what}`,
    description:
      `${readers} Exports all rows that the list has with the same filters, as a file: comma-separated values, an Excel workbook ` +
      'or a PDF of at most 20,000 rows. A CSV begins with a byte order mark, and a cell that a spreadsheet would take for ' +
      "a formula is written with an apostrophe (`'+49…`). Each user may run two at a time (`EXPORTS_RUNNING`); the journal records each one.",
    querystring: query,
    response: {
      200: {
        description: 'The file',
        content: {
          'text/csv': { schema: file('RFC 4180 in UTF-8', example) },
          [FORMATS.xlsx]: { schema: file('Office Open XML', 'PK') },
          [FORMATS.pdf]: { schema: file('ISO 32000', '%PDF-1.3') },
        },
      },
      ...refused(403),
    },
  }
}
