/** What a statement gave, a row an array in the order of `columns`. */
export interface ShellRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  /** Whether there were more rows than were asked for. */
  readonly more: boolean
}

/** What came of a statement: rows, or how many it changed. */
export type ShellResult = ShellRows | { readonly changes: number }

export interface ShellOptions {
  /** May change the database; otherwise the file is opened for reading alone. */
  readonly write?: boolean
}

/** A connection of its own for somebody who types SQL, with the rules of the program but without its port. */
export interface Shell {
  /** Runs one statement and reads at most `limit` rows. Throws what is wrong with it, in the database's own words. */
  run(statement: string, limit?: number): ShellResult
  /** The names of the tables and views. */
  tables(): string[]
  /** The statements that made the tables, indexes and triggers of one table, or of all. */
  schema(table?: string): string[]
  close(): void
}

/** The statements of a text. What is left is the beginning of one that goes on, or empty. */
export interface Statements {
  readonly complete: readonly string[]
  readonly rest: string
}

/** Strings, quoted names and comments, each also where the text ends before they do; words; whatever else, one by one. */
const TOKEN =
  /'[^']*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_][\p{L}\p{N}_$]*|\s+|[\s\S]/gu
const SILENT = /^(?:\s|--|\/\*)/
const OPEN = /^(?:'[^']*|"[^"]*|`[^`]*|\[[^\]]*|\/\*(?:(?!\*\/)[\s\S])*)$/
const CREATES_TRIGGER = /^(?:EXPLAIN (?:QUERY PLAN )?)?CREATE (?:TEMP |TEMPORARY )?TRIGGER$/

/**
 * Cuts a text after each semicolon that ends a statement, that is, none in a string or a comment, and of a trigger only
 * the one after `; END` (as sqlite3_complete() tells it, sqlite.org/c3ref/complete.html).
 */
export function splitStatements(text: string): Statements {
  const complete: string[] = []
  let from = 0
  let words: string[] = []
  let trigger = false
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (SILENT.test(token)) continue
    const ends = token === ';' && (!trigger || (words.at(-1) === 'END' && words.at(-2) === ';'))
    words.push(token.toUpperCase())
    trigger ||= words.length <= 6 && CREATES_TRIGGER.test(words.join(' '))
    if (!ends) continue
    if (words.length > 1) complete.push(text.slice(from, index + 1).trim())
    from = index + 1
    words = []
    trigger = false
  }
  const rest = text.slice(from)
  return { complete, rest: words.length > 0 || endsInside(rest) ? rest : '' }
}

/** Whether a text stops in the middle of a string, a quoted name or a comment. */
function endsInside(text: string): boolean {
  return OPEN.test(text.match(TOKEN)?.at(-1) ?? '')
}
