// A program that writes, for tests that watch or kill it: `writer.mts <path> <how many> <at a time> [checkpoint bytes]`.
// Each transaction writes an interviewer and its audit row; `ack <id>` leaves, unbuffered, when it is acknowledged.
// `ready` leaves when the database is open and its log has been begun; it goes on when it reads a line.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { openSqlite } from '../../../db/sqlite.ts'
import { insertAuditLog, insertInterviewer } from '../../support/rows.ts'

const [path = '', total = '0', parallel = '1', checkpointBytes] = process.argv.slice(2)
const database = openSqlite(path, checkpointBytes ? { checkpointBytes: Number(checkpointBytes) } : {})
await database.run('UPDATE row_counts SET total = total')
writeSync(1, 'ready\n')
await once(process.stdin, 'data')

let next = 0
async function write(): Promise<void> {
  while (next < Number(total)) {
    const id = `w${process.pid}-${next++}`
    await database.transaction(async tx => {
      await insertInterviewer(tx, id)
      await insertAuditLog(tx, id)
    })
    writeSync(1, `ack ${id}\n`)
  }
}
await Promise.all(Array.from({ length: Number(parallel) }, write))
await database.close()
process.exit(0)
