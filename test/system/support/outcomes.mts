// A program that writes on a disk that fails: `outcomes.mts <path> <rounds> <writes a round>`. Prints one JSON line for
// each write, with the id and how it ended, and one after each round, with the health and whether it can still read.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { DatabaseError } from '../../../db/database.ts'
import { openSqlite } from '../../../db/sqlite.ts'
import { insertAuditLog, insertInterviewer } from '../../support/rows.ts'

const [path = '', rounds = '0', writes = '1'] = process.argv.slice(2)
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`)
const faults: string[] = []
const database = openSqlite(path, { onFault: reason => faults.push(reason) })
await database.run('UPDATE row_counts SET total = total')
say({ ready: true })
await once(process.stdin, 'data')

async function write(id: string): Promise<void> {
  try {
    await database.transaction(async tx => {
      await insertInterviewer(tx, id)
      await insertAuditLog(tx, id)
    })
    say({ id, end: 'ok' })
  } catch (error) {
    say({ id, end: error instanceof DatabaseError && error.unavailable ? 'unavailable' : String(error) })
  }
}

for (let round = 0; round < Number(rounds); round += 1) {
  await Promise.all(Array.from({ length: Number(writes) }, (_, index) => write(`r${round}-${index}`)))
  const reads = (await database.many('SELECT id FROM interviewers')).length
  say({ round, writable: database.health().writable, reason: database.health().reason, reads, faults })
}
await database.close()
process.exit(0)
