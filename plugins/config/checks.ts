import { isIP } from 'node:net'
import { Cron } from 'croner'
import { ConfigSchema, type Environment, type Settings } from './schema.ts'

const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i

/** One line: the variable and what is expected of it. The value itself is not repeated, as it may be a secret. */
export function mistakeIn(name: keyof Settings, why = ''): string {
  const { description = 'another value' } = ConfigSchema.properties[name]
  return `${name}: expected ${description}${why}`
}

/** The mistakes that the schema cannot find, a line each. */
export function mistakesBeyondSchema(environment: Environment): string[] {
  const mistakes: string[] = []
  if (environment['NODE_ENV'] === 'production' && environment['JWT_SECRET'] === undefined) {
    mistakes.push(mistakeIn('JWT_SECRET'))
  }
  if (!listed(environment['TRUST_PROXY']).every(isNetwork)) mistakes.push(mistakeIn('TRUST_PROXY'))
  if (!listed(environment['ALLOWED_ORIGINS']).every(isOrigin)) mistakes.push(mistakeIn('ALLOWED_ORIGINS'))
  if (!isSchedule(environment['BACKUP_SCHEDULE'])) mistakes.push(mistakeIn('BACKUP_SCHEDULE'))
  return [...mistakes, ...mistakesWithGoogle(environment)]
}

/** A list of domains that names none would let everybody in, so it is a mistake. */
function mistakesWithGoogle(environment: Environment): string[] {
  const mistakes: string[] = []
  const { GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret, GOOGLE_ALLOWED_DOMAINS: domains } = environment
  if (id === undefined && secret !== undefined) mistakes.push(mistakeIn('GOOGLE_CLIENT_ID'))
  if (id !== undefined && secret === undefined) mistakes.push(mistakeIn('GOOGLE_CLIENT_SECRET'))
  if (id !== undefined && environment['NODE_ENV'] === 'production' && environment['PUBLIC_URL'] === undefined) {
    mistakes.push(mistakeIn('PUBLIC_URL', '; Google sends people back to it'))
  }
  const names = listed(domains)
  if (domains !== undefined && (names.length === 0 || !names.every(name => DOMAIN.test(name)))) {
    mistakes.push(mistakeIn('GOOGLE_ALLOWED_DOMAINS'))
  }
  return mistakes
}

/** The entries of a list that is separated by commas. */
export function listed(text = ''): string[] {
  return text
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '')
}

function isNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  const most = isIP(address) === 6 ? 128 : 32
  return (
    isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
}

/** Whether it ever comes due: the 31st of February has the form of a schedule alone. */
function isSchedule(schedule = 'off'): boolean {
  try {
    return schedule === 'off' || new Cron(schedule, { mode: '5-part', paused: true }).nextRun() !== null
  } catch {
    return false
  }
}

function isOrigin(entry: string): boolean {
  return URL.canParse(entry) && new URL(entry).origin === entry
}
