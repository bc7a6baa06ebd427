// Loaded into a server: makes statements and connections of SQLite that nobody keeps, and has them collected, both from
// JavaScript and by V8 itself between two events, when no JavaScript runs.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Sqlite from '../../../db/sqlite/driver.mjs'

const EVERY_MS = 10
const STATEMENTS = 100
/** Objects that fill the young part of the heap often enough for V8 to clean it up when the program waits. */
const YOUNG_OBJECTS = 20_000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const sqlite = new Sqlite(':memory:')
let round = 0

setInterval(() => {
  round += 1
  for (let n = 0; n < STATEMENTS; n += 1) sqlite.prepare(`SELECT ${n}`).get()
  new Sqlite(':memory:').close()
  if (round % 10 === 0) collect()
  Array.from({ length: YOUNG_OBJECTS }, (_, n) => ({ n }))
}, EVERY_MS).unref()
