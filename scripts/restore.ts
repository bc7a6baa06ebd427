// `npm run restore`: puts a backup in the place of the database file.
import { createInterface } from 'node:readline/promises'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { prepareRestore, type Restore } from '../db/restore.ts'
import { loadSettings } from '../plugins/config.ts'
import { runProgram } from './command-line.ts'

const AFTERWARDS = `
Stop the server first: while a program has the database open, nothing is done. The backup is unpacked
beside the database and read through before anything else happens. The old file is kept beside the new
one, and named at the end. The next start of the server brings a backup of an older release up to date.
Accounts and passwords are those of the backup. Sessions, API tokens and calendar feeds all end, because some
of them may have been revoked since; --keep-credentials lets those of the backup live.

  npm run restore -- data/backups/panelist-20261121T030000Z.db.gz`

const program = new Command('restore')
  .description('Puts a backup in the place of the database (DATABASE_URL), which must be a file.')
  .argument('<file>', 'the backup: panelist-….db.gz, or an SQLite database')
  .option('--yes', 'without asking')
  .option('--keep-credentials', 'let the sessions, API tokens and calendar feeds of the backup live')
  .addHelpText('after', AFTERWARDS)
  .action(main)

interface Options {
  readonly yes?: boolean
  readonly keepCredentials?: boolean
}

async function main(file: string, { yes = false, keepCredentials = false }: Options): Promise<void> {
  if (!yes && !process.stdin.isTTY) throw new Error('There is no terminal to ask on; --yes restores without asking')
  const { DATABASE_URL } = loadSettings()
  const bar = new SingleBar({ format: '{bar} {percentage}% | {value} of {total} bytes' })
  bar.start(0, 0)
  const restore = await prepareRestore(file, DATABASE_URL, {
    keepCredentials,
    onProgress: (done, total) => {
      bar.setTotal(total)
      bar.update(done)
    },
  }).finally(() => bar.stop())
  try {
    process.stdout.write(`${summaryOf(file, restore, keepCredentials)}\n`)
    if (!yes && !(await confirmed(restore))) throw new Error('Nothing was changed')
    const kept = await restore.commit()
    process.stdout.write(kept === undefined ? 'It is in place.\n' : `It is in place. The old file is ${kept}\n`)
  } finally {
    await restore.giveUp()
  }
}

function summaryOf(file: string, { contents: { counts, lastChange, pending } }: Restore, keeps: boolean): string {
  return [
    `${file} is whole and sound. It holds:`,
    ...counts.map(({ table, rows }) => `  ${table.padEnd(14)}${String(rows).padStart(9)}`),
    `  the last change is of ${lastChange ?? 'no time: its journal is empty'}`,
    keeps ? 'Its sessions, API tokens and feeds will live again.' : 'Its sessions, API tokens and feeds have ended.',
    ...(pending.length > 0 ? [`The next start of the server will add ${pending.join(', ')}.`] : []),
  ].join('\n')
}

async function confirmed({ path }: Restore): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`Put it in the place of ${path}? Type yes: `).finally(() => terminal.close())
  return answer.trim() === 'yes'
}

await runProgram(program)
