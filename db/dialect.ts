/** The fragments of SQL in which the databases differ, by what they mean. */
export interface Dialect {
  /** Membership in a list bound as one JSON array, so that the text is the same for every length: `id ${inList('ids')}`. */
  inList(parameter: string): string
  /** The rows of a list of pairs of texts bound as one JSON array: `SELECT one, other FROM ${pairs('spans')}`. */
  pairs(parameter: string): string
  /**
   * The rows of a table that have all the words bound as one JSON array, as whole words or as beginnings, for FROM:
   * `matches.distance` is the less the better a row matches. The words are of letters and digits alone.
   */
  matches(table: string, parameter: string): string
  /** What else than `search_gaps` tells of the index of a table's words: statements refused when it is damaged. */
  checksOfWords(table: string): readonly string[]
}

/** The letters that FTS5 leaves as they are, as migration 019 makes them plain in what it indexes. */
const PLAIN_LETTERS = Object.entries({
  ...{ Ł: 'L', ł: 'l', Ø: 'O', ø: 'o', Đ: 'D', đ: 'd', Ð: 'D', ð: 'd', ı: 'i' },
  ...{ ẞ: 'ss', ß: 'ss', Æ: 'AE', æ: 'ae', Œ: 'OE', œ: 'oe', Þ: 'TH', þ: 'th' },
})
const plain = (text: string) =>
  PLAIN_LETTERS.reduce((inner, [letter, letters]) => `replace(${inner}, '${letter}', '${letters}')`, text)

export const sqliteDialect: Dialect = {
  inList: parameter => `IN (SELECT value FROM json_each(:${parameter}))`,
  pairs: parameter => `(SELECT value ->> 0 AS one, value ->> 1 AS other FROM json_each(:${parameter})) AS pairs`,
  // Joined in this order: with a row in hand FTS5 would look up the words anew for each. Two quotes match nothing.
  matches: (table, parameter) => `(SELECT search_numbers.id AS found, ${table}_search.rank AS distance
    FROM ${table}_search CROSS JOIN search_numbers ON search_numbers.number = ${table}_search.rowid
    WHERE ${table}_search MATCH (
      SELECT coalesce(group_concat('("' || word || '" OR "' || word || '"*)', ' AND '), '""')
      FROM (SELECT ${plain('value')} AS word FROM json_each(:${parameter}))
    )) AS matches CROSS JOIN ${table} ON ${table}.id = matches.found`,
  checksOfWords: table => [`INSERT INTO ${table}_search (${table}_search, rank) VALUES ('integrity-check', 1)`],
}

export const postgresDialect: Dialect = {
  inList: parameter => `IN (SELECT json_array_elements_text(CAST(:${parameter} AS json)))`,
  pairs: parameter =>
    `(SELECT value ->> 0 AS one, value ->> 1 AS other FROM json_array_elements(CAST(:${parameter} AS json))) AS pairs`,
  // As each row counts once for a word and its beginning, whole words are counted a second time.
  matches: (table, parameter) => `(SELECT id AS found,
      -ts_rank(words, (SELECT search_query(:${parameter}, ':*', '&')))
      -ts_rank(words, (SELECT search_query(:${parameter}, '', '|'))) AS distance
    FROM ${table}_search WHERE words @@ (SELECT search_query(:${parameter}, ':*', '&'))
    ) AS matches JOIN ${table} ON ${table}.id = matches.found`,
  checksOfWords: () => [],
}
