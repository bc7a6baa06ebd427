// `npm run db:copy`: moves from SQLite to PostgreSQL, or back.
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { copyDatabase, type CopiedTable } from '../db/copy.ts'
import { runProgram } from './command-line.ts'

const AFTERWARDS = `
Stop the program first: what is written during the copy makes it fail, with nothing kept.
The target must be empty: a file or a database without rows, or a file that does not exist yet. On
PostgreSQL somebody must have created the database. All is copied, or nothing; both sides are compared.

  npm run db:copy -- --from file:./data/panelist.db --to postgres://panelist:secret@localhost:5432/panelist`

const program = new Command('db-copy')
  .description('Copies a database into an empty one: from SQLite to PostgreSQL, the other way round, or within one.')
  .requiredOption('--from <url>', 'the database to copy: file:… or postgres://…', databaseUrl)
  .requiredOption('--to <url>', 'the database to fill: file:… or postgres://…', databaseUrl)
  .addHelpText('after', AFTERWARDS)
  .configureOutput({ outputError: (text, write) => write(withoutPassword(text)) })
  .action(main)

async function main({ from, to }: { readonly from: string; readonly to: string }): Promise<void> {
  const started = performance.now()
  const bar = new SingleBar({ format: '{bar} {percentage}% | {value} of {total} | {step}' })
  bar.start(0, 0, { step: 'opening' })
  const copied = await copyDatabase(from, to, ({ step, done, total }) => {
    bar.setTotal(total)
    bar.update(done, { step })
  }).finally(() => bar.stop())
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${summaryOf(copied)}\nBoth sides hold the same. It took ${seconds} s.\n`)
}

function summaryOf(copied: readonly CopiedTable[]): string {
  const lines = [
    ['table', 'rows', 'checksum'] as const,
    ...copied.map(({ table, rows, checksum }) => [table, String(rows), checksum.slice(0, 12)] as const),
  ]
  return lines.map(([table, rows, checksum]) => `${table.padEnd(18)}${rows.padStart(9)}  ${checksum}`).join('\n')
}

function databaseUrl(text: string): string {
  if (/^(file:.|postgres(ql)?:\/\/.)/.test(text)) return text
  throw new InvalidArgumentError('It begins with file: or postgres://.')
}

/** Commander repeats what it cannot make sense of. */
function withoutPassword(text: string): string {
  return text.replaceAll(/:\/\/\S*@/g, '://…@')
}

await runProgram(program)
