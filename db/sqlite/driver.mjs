// The only file that imports better-sqlite3, of which the program carries two releases. Release 12 aborts the process on
// Node.js 24.19 and newer when one of its objects is collected while no JavaScript runs; release 13 is built on version
// 10 of Node-API, which Node.js 20 lacks, and crashes there. Plain JavaScript, because threads load it too.
import { createRequire } from 'node:module'

const release = Number(process.versions.napi) >= 10 ? 'better-sqlite3-13' : 'better-sqlite3'

export default load()

function load() {
  try {
    return createRequire(import.meta.url)(release)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
    throw new Error(
      `SQLite's driver (${release}) is not installed. Run "npm ci" again; on Node.js 20 that compiles it, ` +
        'which needs python3, make and g++.',
      { cause: error },
    )
  }
}
