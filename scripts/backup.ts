// `npm run backup`: a backup of a database file, beside a running server or without one.
import { join, resolve } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { openSnapshots } from '../db/open.ts'
import { makeBackup } from '../features/backups/making.ts'
import { backupFolder, loadSettings } from '../plugins/config.ts'
import { runProgram } from './command-line.ts'

const AFTERWARDS = `
A running server need not be stopped. The backup holds everything, secrets as well: its file is readable
for its owner alone, and should be encrypted before it leaves the machine. In the folder the last
30 that were made by hand are kept, apart from those of the schedule; other files are not touched.`

const program = new Command('backup')
  .description('Makes a backup of the database (DATABASE_URL), reads it through, and removes those no longer kept.')
  .option('--to <dir>', 'the folder it is made in, instead of that of the server (BACKUP_DIR)')
  .addHelpText('after', AFTERWARDS)
  .action(main)

async function main({ to }: { readonly to?: string }): Promise<void> {
  const settings = loadSettings()
  const folder = to === undefined ? backupFolder(settings) : resolve(to)
  const { snapshots, close } = await openSnapshots(settings.DATABASE_URL)
  const bar = new SingleBar({ format: '{bar} {percentage}% | {value} of {total} pages' })
  try {
    bar.start(0, 0)
    const made = await makeBackup({
      snapshots,
      folder,
      onProgress: (done, total) => {
        bar.setTotal(total)
        bar.update(done)
      },
    }).finally(() => bar.stop())
    if (made) process.stdout.write(`${join(folder, made.name)}: ${made.bytes} bytes, SHA-256 ${made.sha256}\n`)
  } finally {
    close()
  }
}

await runProgram(program)
