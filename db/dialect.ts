/** The fragments of SQL in which the databases differ, by what they mean. */
export interface Dialect {
  /** Membership in a list bound as one JSON array, so that the text is the same for every length: `id ${inList('ids')}`. */
  inList(parameter: string): string
  /**
   * A text without regard to case, in all scripts, as folded() of db/texts.ts makes it. For both sides of a comparison:
   * the letters that a server knows may be those of an older Unicode.
   */
  folded(expression: string): string
  /** The rows of a list of pairs of texts bound as one JSON array: `SELECT one, other FROM ${pairs('spans')}`. */
  pairs(parameter: string): string
  /**
   * The rows of a table that have all the words bound as one JSON array, as whole words or as beginnings, for FROM:
   * `matches.distance` is the less the better a row matches. The words are of letters and digits alone.
   */
  matches(table: string, parameter: string): string
  /** A query for every `column` of every `table`, by their names, with its `place` in the primary key, or 0. */
  readonly columns: string
  /** A query for which `table` has a foreign key to which `target`. */
  readonly references: string
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
  // SQLite itself folds ASCII alone; each connection of ours has a function for the rest, which takes ten times as long.
  folded: expression =>
    `CASE WHEN ${expression} GLOB '*[^ -~]*' THEN folded(${expression}) ELSE lower(${expression}) END`,
  pairs: parameter => `(SELECT value ->> 0 AS one, value ->> 1 AS other FROM json_each(:${parameter})) AS pairs`,
  // Joined in this order: with a row in hand FTS5 would look up the words again for each. Two quotes match nothing.
  matches: (table, parameter) => `(SELECT search_numbers.id AS found, ${table}_search.rank AS distance
    FROM ${table}_search CROSS JOIN search_numbers ON search_numbers.number = ${table}_search.rowid
    WHERE ${table}_search MATCH (
      SELECT coalesce(group_concat('("' || word || '" OR "' || word || '"*)', ' AND '), '""')
      FROM (SELECT ${plain('value')} AS word FROM json_each(:${parameter}))
    )) AS matches CROSS JOIN ${table} ON ${table}.id = matches.found`,
  columns: `SELECT tables.name AS "table", columns.name AS "column", columns.pk AS place
    FROM pragma_table_list AS tables CROSS JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.schema = 'main' AND tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'
    ORDER BY tables.name, columns.cid LIMIT 10000`,
  references: `SELECT DISTINCT tables.name AS "table", keys."table" AS target
    FROM pragma_table_list AS tables CROSS JOIN pragma_foreign_key_list(tables.name) AS keys
    WHERE tables.schema = 'main' ORDER BY tables.name, target LIMIT 10000`,
}

export const postgresDialect: Dialect = {
  inList: parameter => `IN (SELECT json_array_elements_text(CAST(:${parameter} AS json)))`,
  folded: expression => `folded(${expression})`,
  pairs: parameter =>
    `(SELECT value ->> 0 AS one, value ->> 1 AS other FROM json_array_elements(CAST(:${parameter} AS json))) AS pairs`,
  // As each row counts once for a word and its beginning, whole words are counted a second time.
  matches: (table, parameter) => `(SELECT id AS found,
      -ts_rank(words, (SELECT search_query(:${parameter}, ':*', '&')))
      -ts_rank(words, (SELECT search_query(:${parameter}, '', '|'))) AS distance
    FROM ${table}_search WHERE words @@ (SELECT search_query(:${parameter}, ':*', '&'))
    ) AS matches JOIN ${table} ON ${table}.id = matches.found`,
  columns: `SELECT tables.relname AS "table", attname AS "column",
      coalesce(array_position(conkey, attnum), 0) AS place
    FROM pg_class AS tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_constraint ON conrelid = tables.oid AND contype = 'p'
    WHERE tables.relkind = 'r' AND tables.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY tables.relname, attnum LIMIT 10000`,
  references: `SELECT DISTINCT sources.relname AS "table", targets.relname AS target
    FROM pg_constraint JOIN pg_class AS sources ON sources.oid = conrelid JOIN pg_class AS targets ON targets.oid = confrelid
    WHERE contype = 'f' AND sources.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY "table", target LIMIT 10000`,
}
