// Holds the write lock of a database until it is sent a line: `node lock-holder.mjs <path>`.
import Sqlite from '../../db/sqlite/driver.mjs'

const sqlite = new Sqlite(process.argv[2], { fileMustExist: true, timeout: 5000 })
sqlite.exec('BEGIN IMMEDIATE')
process.stdout.write('locked\n')
process.stdin.once('data', () => {
  sqlite.exec('COMMIT')
  process.exit(0)
})
