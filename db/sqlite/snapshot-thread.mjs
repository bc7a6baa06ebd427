// Plain JavaScript: a thread starts without the loader that reads TypeScript.
import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from './driver.mjs'

/** Pages of 4 KiB copied at once: often enough to tell how far it is, seldom enough to cost nothing. */
const PAGES = 1000

try {
  await copy(workerData)
  parentPort.postMessage({ unsound: finish(workerData.target) })
} catch (error) {
  parentPort.postMessage({ error: error.message, code: error.code })
}

/** Copies one view of the database: without the open transaction each commit of others would restart the copy. */
async function copy({ source, target }) {
  const sqlite = new Sqlite(source, { fileMustExist: true, readonly: true, timeout: 5000 })
  try {
    sqlite.exec('BEGIN')
    sqlite.pragma('user_version')
    await sqlite.backup(target, { progress: report })
  } finally {
    sqlite.close()
  }
}

function report({ totalPages, remainingPages }) {
  parentPort.postMessage({ done: totalPages - remainingPages, total: totalPages })
  return PAGES
}

/** Makes of the copy a file that needs no log beside it, and tells what is wrong with it. */
function finish(target) {
  const sqlite = new Sqlite(target, { fileMustExist: true })
  try {
    sqlite.pragma('journal_mode = DELETE')
    const found = sqlite.pragma('integrity_check(1)', { simple: true })
    return found === 'ok' ? undefined : found
  } finally {
    sqlite.close()
  }
}
