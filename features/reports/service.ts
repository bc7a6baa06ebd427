import type { FastifyInstance } from 'fastify'
import { ValidationError } from '../../plugins/errors.ts'
import { instant, minutesBetween } from '../../domain/time.ts'
import { reportsRepository, type LoadRow } from './repository.ts'
import type { Load, LoadReport } from './schemas.ts'

const MOST_DAYS = 400
const MINUTES_OF_DAY = 24 * 60

export interface Range {
  readonly from: string
  readonly to: string
}

type Parts = Pick<FastifyInstance, 'db'>

export const reportsService = ({ db }: Parts) => ({
  /** Who sat in how many interviews that start in [from, to), against what their weight asks for. */
  load: async (range: Range): Promise<LoadReport> => {
    const { from, to } = inUtc(range)
    const rows = await reportsRepository(db).load({ from, to })
    return { from, to, ...shared(rows) }
  },
})

function inUtc(range: Range): Range {
  const from = instant(range.from)
  const to = instant(range.to)
  const minutes = minutesBetween(from, to)
  if (minutes <= 0) throw new ValidationError('/to', range.to, 'to is after from')
  if (minutes > MOST_DAYS * MINUTES_OF_DAY) {
    throw new ValidationError('/to', range.to, `a report covers at most ${MOST_DAYS} days`)
  }
  return { from, to }
}

/** Adds to each load what share of all it is, and what share the weight asks for among those active. */
function shared(rows: readonly LoadRow[]): Pick<LoadReport, 'interviews' | 'data'> {
  const interviews = sumOf(rows, row => row.interviews)
  const weights = sumOf(rows, weightOf)
  const data = rows.map(({ milliseconds, ...row }): Load => ({
    ...row,
    minutes: Math.round(milliseconds / 60_000),
    share: part(row.interviews, interviews),
    target: part(weightOf(row), weights),
  }))
  return { interviews, data }
}

/** Nothing is asked of those who cannot be booked. */
function weightOf({ status, weight }: Pick<Load, 'status' | 'weight'>): number {
  return status === 'active' ? weight : 0
}

function sumOf<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0)
}

/** To 4 digits; 0 of nothing. */
function part(some: number, all: number): number {
  return all === 0 ? 0 : Math.round((some / all) * 10_000) / 10_000
}
