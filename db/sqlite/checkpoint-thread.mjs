// Plain JavaScript: a thread starts without the loader that reads TypeScript.
import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from './driver.mjs'

const sqlite = new Sqlite(workerData, { fileMustExist: true })
sqlite.pragma('synchronous = NORMAL')
sqlite.pragma('wal_autocheckpoint = 0')
const snapshot = new Sqlite(workerData, { fileMustExist: true, readonly: true, timeout: 5000 })

parentPort.on('message', ({ mode, patienceMs }) => {
  try {
    release()
    if (mode === 'PASSIVE') hold()
    sqlite.pragma(`busy_timeout = ${patienceMs}`)
    const [{ busy, log, checkpointed }] = sqlite.pragma(`wal_checkpoint(${mode})`)
    if (mode === 'TRUNCATE' && !busy) openNextLog()
    parentPort.postMessage({ whole: !busy && log === checkpointed })
  } catch (error) {
    release()
    parentPort.postMessage({ error: error.message, code: error.code })
  }
})

/**
 * An open reader keeps SQLite from starting the log again once all of it is copied: the next commit would do that, and
 * wait for the disk on the thread that serves requests. Held until TRUNCATE, while which nobody writes.
 */
function hold() {
  snapshot.exec('BEGIN')
  snapshot.pragma('user_version')
}

function release() {
  if (snapshot.inTransaction) snapshot.exec('COMMIT')
}

/** SQLite syncs the header of a new log with its first commit: done here, no request waits for that. */
function openNextLog() {
  const version = sqlite.pragma('user_version', { simple: true })
  sqlite.pragma(`user_version = ${version}`)
}
