// A program that writes, for tests that watch or kill it: `writer.mts <path> <how many> <at a time> [checkpoint bytes]`.
// Each transaction writes an interviewer and its audit row; `ack <id>` leaves, unbuffered, when it is acknowledged.
// With checkpoint bytes the last write waits until the log has been folded back into the file.
// `ready` leaves when the database is open and its log has been begun; it goes on when it reads a line.
import { once } from 'node:events'
import { statSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
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
    if (next === Number(total)) await foldedBack()
    await database.transaction(async tx => {
      await insertInterviewer(tx, id)
      await insertAuditLog(tx, id)
    })
    writeSync(1, `ack ${id}\n`)
  }
}
/** A log that is larger than its limit is on its way into the file, and empty afterwards. */
async function foldedBack(): Promise<void> {
  while (checkpointBytes && statSync(`${path}-wal`).size > Number(checkpointBytes)) await sleep(1)
}
await Promise.all(Array.from({ length: Number(parallel) }, write))
await database.close()
process.exit(0)
