import type { Readable } from 'node:stream'
import createError from '@fastify/error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { paced } from './turns.ts'
import { retryIn, ValidationError } from './errors.ts'
import { endOf } from './http/ending.ts'
import type { Column } from './exports/cells.ts'
import type { Places } from './processes.ts'

export type { Column } from './exports/cells.ts'

/** A PDF says on each page how many there are: all of it is known before any of it is sent, and is kept until then. */
const MOST_PRINTED_ROWS = 20_000
const AT_ONCE = 2
const RETRY_AFTER_SECONDS = 5

const ExportsRunning = createError(
  'EXPORTS_RUNNING',
  `You have ${AT_ONCE} exports under way: wait until one has arrived`,
  429,
)

export const FORMATS = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const
export type Format = keyof typeof FORMATS

/** A list as a file: what is in it, and what it is called. */
export interface ExportedList<Row> {
  /** `interviewers`: the file is `interviewers-2026-11-21.csv`. */
  readonly name: string
  readonly title: string
  /** Whose list it is, as the journal says it. */
  readonly entityType: string
  /** The format and the filters; the journal has them as they were asked for. */
  readonly asked: { readonly format: Format }
  readonly columns: readonly Column<Row>[]
  readonly rows: {
    count(): Promise<number>
    /** Each is read when it is asked for. */
    pages(): AsyncIterable<readonly Row[]>
  }
}

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends a list as a file, while it is being read; the journal says so before the first byte leaves. What fails
     * until then is answered as an error; afterwards the connection is cut, so that no part looks like the whole.
     * Throws 429 EXPORTS_RUNNING when the user has two already, and a 400 for more rows than a PDF can have.
     */
    sendList<Row>(list: ExportedList<Row>): Promise<FastifyReply>
  }
}

/** Lists as CSV, Excel and PDF, of any length, in bounded memory. */
export const exportsPlugin = fp(
  async app => {
    app.decorateReply('sendList', async function <Row>(this: FastifyReply, list: ExportedList<Row>) {
      const { principal } = this.request
      const left = await begin(app.places, this.request, this)
      const { format } = list.asked
      if (format === 'pdf') assertPrintable(await list.rows.count())
      const at = new Date().toISOString()
      const body = await WRITERS[format](await begun(paced(list.rows.pages(), left)), list, at)
      await app.db.transaction(tx =>
        app.audit.record(tx, principal, {
          action: 'export',
          entityType: list.entityType,
          entityId: null,
          after: list.asked,
        }),
      )
      const file = `${list.name}-${at.slice(0, 'YYYY-MM-DD'.length)}.${format}`
      this.header('content-disposition', `attachment; filename="${file}"`)
      return this.type(FORMATS[format]).send(body)
    })
  },
  { name: 'exports', dependencies: ['db', 'audit-logger', 'auth', 'errors', 'processes'] },
)

type Writer = <Row>(
  pages: AsyncIterable<readonly Row[]>,
  list: Pick<ExportedList<Row>, 'columns' | 'title'>,
  at: string,
) => Promise<Readable>

/** Their libraries are loaded when they are first asked for: most servers never are. */
const WRITERS: Readonly<Record<Format, Writer>> = {
  csv: async (pages, { columns }) => (await import('./exports/csv.ts')).csvOf(pages, columns),
  xlsx: async (pages, { columns, title }) => (await import('./exports/xlsx.ts')).xlsxOf(pages, columns, title),
  pdf: async (pages, { columns, title }, at) => (await import('./exports/pdf.ts')).pdfOf(pages, columns, { title, at }),
}

/**
 * Counts one more export of this user until its answer has ended, and says when that is. Throws when it has already, or
 * when the user has as many as there may be.
 */
async function begin(places: Places, request: FastifyRequest, reply: FastifyReply): Promise<AbortSignal> {
  const key = `exports:${request.principal.id}`
  const ended = endOf(request, reply)
  ended.throwIfAborted()
  // Nobody keeps the places any more when this process is about to end: what has come until then is answered.
  const entered = await places.enter(key, AT_ONCE).catch(() => true)
  if (!entered) throw retryIn(new ExportsRunning(), RETRY_AFTER_SECONDS)
  const leave = () => places.leave(key)
  if (ended.aborted) leave()
  else ended.addEventListener('abort', leave)
  ended.throwIfAborted()
  return ended
}

function assertPrintable(rows: number): void {
  if (rows <= MOST_PRINTED_ROWS) return
  const most = MOST_PRINTED_ROWS.toLocaleString('en')
  const sentence = `a PDF has at most ${most} rows, and these are ${rows.toLocaleString('en')}: filter them, or take csv or xlsx`
  throw new ValidationError('/format', 'pdf', sentence)
}

/** The same pages, of which the first has been read: a list that cannot be read is an error, and not half a file. */
async function begun<Page>(pages: AsyncGenerator<Page>): Promise<AsyncIterable<Page>> {
  const first = await pages.next()
  return (async function* () {
    if (first.done === true) return
    yield first.value
    yield* pages
  })()
}
