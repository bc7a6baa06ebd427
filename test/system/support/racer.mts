// One of many processes that book on one database file: `racer.mts <number> <how many> <token> <interviewer>…`. Says
// `ready`, waits for a line, books through the whole program but its socket, and prints one JSON line for each attempt.
import { once } from 'node:events'
import { buildApp } from '../../../app.ts'
import { openDatabase } from '../../../db/open.ts'
import { loadConfig } from '../../../plugins/config.ts'
import { createLogger } from '../../../plugins/logging.ts'
import { attemptAll, randomBookings } from './bookings.ts'

const [number = '', total = '0', token = '', ...interviewers] = process.argv.slice(2)
const config = loadConfig()
const { database } = await openDatabase(config.DATABASE_URL)
const app = await buildApp({ config, database, logger: await createLogger({ ...config, LOG_LEVEL: 'silent' }) })
await app.ready()
process.stdout.write('ready\n')
await once(process.stdin, 'data')

const headers = { authorization: `Bearer ${token}` }
const attempts = await attemptAll(randomBookings(interviewers, `racer ${number}`, Number(total)), 8, async booking => {
  const response = await app.inject({ method: 'POST', url: '/api/events', headers, payload: booking })
  return { status: response.statusCode, body: response.json(), headers: response.headers }
})
for (const attempt of attempts) process.stdout.write(`${JSON.stringify(attempt)}\n`)
await app.close()
await database.close()
process.stdin.destroy()
