import type { Params, SqlValue } from '../database.ts'

/** Strings, quoted names, comments and casts, in which a colon names nothing; and then the parameters. */
const TOKEN = /'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_]\w*)/g
/** Texts beyond these are not kept prepared: a list has many filters, and each connection pays for each text. */
const MOST_PREPARED = 1_000
const MOST_CHARACTERS = 1024 * 1024

/** A statement as PostgreSQL takes it, with the names of its parameters in the order of their numbers. */
export interface Numbered {
  readonly text: string
  readonly parameters: readonly string[]
  /** The name under which connections keep it prepared. */
  readonly name?: string
}

/** Turns statements with `:named` parameters into those with `$1`; each text once. */
export function numbering(): (sql: string) => Numbered {
  const known = new Map<string, Numbered>()
  let characters = 0
  return sql => {
    const before = known.get(sql)
    if (before) return before
    if (known.size >= MOST_PREPARED || characters + sql.length > MOST_CHARACTERS) return numbered(sql)
    characters += sql.length
    const made = { ...numbered(sql), name: `panelist_${known.size}` }
    known.set(sql, made)
    return made
  }
}

function numbered(sql: string): Numbered {
  const parameters: string[] = []
  const text = sql.replaceAll(TOKEN, (token, name: string | undefined) => {
    if (name === undefined) return token
    if (!parameters.includes(name)) parameters.push(name)
    return `$${parameters.indexOf(name) + 1}`
  })
  return { text, parameters }
}

/** The values in the order of their numbers. Throws a RangeError for one that is not given. */
export function valuesOf({ parameters }: Numbered, params: Params): (SqlValue | Buffer)[] {
  return parameters.map(name => {
    const value = params[name]
    if (value === undefined) throw new RangeError(`Missing named parameter "${name}"`)
    return value instanceof Uint8Array ? Buffer.from(value) : value
  })
}
