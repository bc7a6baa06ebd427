// `npm run usercount:recalculate`: recounts the users and says whether the stored count was wrong.
import { Command } from 'commander'
import { userCountService } from '../features/usercount/service.ts'
import { commandLine } from '../plugins/actor.ts'
import { auditLogger } from '../plugins/audit-logger.ts'
import { loadConfig } from '../plugins/config.ts'
import { runProgram, withDatabase } from './command-line.ts'

const program = new Command('usercount-recalculate')
  .description('Recounts the users in the database that DATABASE_URL names, and repairs the stored count.')
  .action(() =>
    withDatabase(loadConfig().DATABASE_URL, async db => {
      const { before, after, corrected } = await userCountService({ db, audit: auditLogger }).recalculate(commandLine)
      const found = corrected ? `the count had been ${before ?? 'missing'} and is corrected` : 'the count was right'
      process.stdout.write(`${after} ${after === 1 ? 'user' : 'users'}: ${found}.\n`)
    }),
  )

await runProgram(program)
