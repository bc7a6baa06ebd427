/** The fragments of SQL in which the databases differ, by what they mean. */
export interface Dialect {
  /** Membership in a list bound as one JSON array, so that the text is the same for every length: `id ${inList('ids')}`. */
  inList(parameter: string): string
}

export const sqliteDialect: Dialect = {
  inList: parameter => `IN (SELECT value FROM json_each(:${parameter}))`,
}

export const postgresDialect: Dialect = {
  inList: parameter => `IN (SELECT json_array_elements_text(CAST(:${parameter} AS json)))`,
}
