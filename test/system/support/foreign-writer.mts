// Another program that writes to the file, with a connection of its own: `foreign-writer.mts <path>`. Runs the SQL of
// each line it reads and says `done` when it is committed. Its disk need not keep up: nothing of it has to last.
import { createInterface } from 'node:readline'
import Sqlite from '../../../db/sqlite/driver.mjs'

const [path = ''] = process.argv.slice(2)
const database = new Sqlite(path, { timeout: 5_000 })
database.pragma('synchronous = OFF')
process.stdout.write('done\n')
for await (const sql of createInterface({ input: process.stdin })) {
  database.exec(sql)
  process.stdout.write('done\n')
}
database.close()
