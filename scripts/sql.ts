// `npm run sql`: a small shell on the program's own SQLite, as the sqlite3 of a machine may be older than is safe for the
// file while Panelist has it open.
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { openShell } from '../db/open.ts'
import type { Shell } from '../db/shell.ts'
import { loadSettings } from '../plugins/config.ts'
import { runProgram } from './command-line.ts'
import { asJson, asTable } from './sql-output.ts'
import { converse, execute, type Session } from './sql-session.ts'

/** A table has to be measured before its first line is printed; more than this nobody reads. */
const MOST_ROWS_OF_A_TABLE = 10_000

interface Options {
  readonly write?: boolean
  readonly json?: boolean
}

const program = new Command('sql')
  .description('Reads the database (DATABASE_URL) with SQL, while the server runs or not.')
  .argument('[statement...]', 'what to run; without one, statements are read from standard input')
  .option('--write', 'statements may change the database; the journal does not tell of such changes')
  .option('--json', 'print rows as JSON, whole, one array for each statement')
  .addHelpText(
    'after',
    `
Statements end with a semicolon and may take many lines. A table shows ${MOST_ROWS_OF_A_TABLE} rows at most.
  .tables           the tables          .schema [table]   how they were made
  .help             this list           .quit             the end, as does Ctrl+D

  npm run sql -- "SELECT name, timezone FROM interviewers LIMIT 5"
  npm run -s sql -- --json "SELECT * FROM user_stats"`,
  )
  .action(main)

async function main(statements: readonly string[], { write = false, json = false }: Options): Promise<void> {
  const shell = await openShell(loadSettings().DATABASE_URL, { write })
  try {
    await serve(sessionOn(shell, json), statements.join(' '))
  } finally {
    shell.close()
  }
}

async function serve(session: Session, statements: string): Promise<void> {
  if (statements === '' && process.stdin.isTTY) {
    await converse(session, process.stdin, process.stdout)
    return
  }
  const given = statements === '' ? await text(process.stdin) : statements
  if (!execute(session, given)) process.exitCode = 1
}

function sessionOn(shell: Shell, json: boolean): Session {
  return {
    shell,
    limit: json ? Infinity : MOST_ROWS_OF_A_TABLE,
    format: json ? asJson : asTable,
    print: line => process.stdout.write(`${line}\n`),
    complain: line => process.stderr.write(`${line}\n`),
  }
}

await runProgram(program)
