import createError from '@fastify/error'

/** Written in one transaction, in which nobody else writes: half a second on SQLite, two on PostgreSQL. */
export const MOST_ROWS = 1_000
/** An empty row is work as well. */
export const MOST_WITH_EMPTY_ROWS = 20_000

const [rows, all] = [MOST_ROWS, MOST_WITH_EMPTY_ROWS].map(many => many.toLocaleString('en'))

export const TooManyRows = createError(
  'TOO_MANY_ROWS',
  `A file has at most ${rows} rows below its heading, and ${all} with the empty ones: send this one in parts`,
  413,
)
