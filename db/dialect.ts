/** The fragments of SQL in which the databases differ, by what they mean. */
export interface Dialect {
  /** Membership in a list bound as one JSON array, so that the text is the same for every length: `id ${inList('ids')}`. */
  inList(parameter: string): string
  /** The rows of a list of pairs of texts bound as one JSON array: `SELECT one, other FROM ${pairs('spans')}`. */
  pairs(parameter: string): string
}

export const sqliteDialect: Dialect = {
  inList: parameter => `IN (SELECT value FROM json_each(:${parameter}))`,
  pairs: parameter => `(SELECT value ->> 0 AS one, value ->> 1 AS other FROM json_each(:${parameter})) AS pairs`,
}

export const postgresDialect: Dialect = {
  inList: parameter => `IN (SELECT json_array_elements_text(CAST(:${parameter} AS json)))`,
  pairs: parameter =>
    `(SELECT value ->> 0 AS one, value ->> 1 AS other FROM json_array_elements(CAST(:${parameter} AS json))) AS pairs`,
}
