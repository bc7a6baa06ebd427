import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Cron } from 'croner'
import fp from 'fastify-plugin'
import { UNCHECKED } from './validation.ts'

const SECRET_BYTES = 32
const PUBLIC_URL_EXPECTED = 'the address people use, like https://panelist.example'
const SECRET_EXPECTED = `a random secret of at least ${SECRET_BYTES} bytes`
const PROXIES_EXPECTED =
  'the addresses or networks of the proxies in front, separated by commas, like 10.0.0.7,10.1.0.0/16'
const ORIGINS_EXPECTED = 'the origins whose pages may call the API, separated by commas, like https://hr.example'
const DOMAINS_EXPECTED =
  'the domains whose people may sign in with Google, separated by commas, like example.com,example.org'
const CLIENT_ID_EXPECTED = 'the client id that Google gave, which goes with GOOGLE_CLIENT_SECRET'
const CLIENT_SECRET_EXPECTED = 'the client secret that Google gave, which goes with GOOGLE_CLIENT_ID'
const SMTP_EXPECTED = 'where mails are handed in, like smtp://user:password@mail.example:587'
const METRICS_EXPECTED = 'what a scraper of /metrics sends as its bearer token: at least 16 characters without a space'
const SCHEDULE_EXPECTED =
  'when a backup is made, in UTC and the five fields of cron, like 0 3 * * * for every night at three; off for never'
const MAIL_FROM = '^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,120}[A-Za-z0-9])?$'
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i

const OneOf = <const Values extends string[]>(values: Values, fallback: Values[number]) =>
  Type.Unsafe<Values[number]>({
    type: 'string',
    enum: values,
    default: fallback,
    description: `one of ${values.join(', ')}`,
  })
const Secret = (description: string) => Type.Optional(Type.String({ minLength: SECRET_BYTES, description }))
const Count = (fallback: number, description: string, maximum = 1_000_000_000) =>
  Type.Integer({ minimum: 0, maximum, default: fallback, description })

/** Every setting: its variable, its default and, as the description, what is expected of it. */
export const ConfigSchema = Type.Object({
  NODE_ENV: OneOf(['development', 'production', 'test'], 'development'),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'an address to listen on' }),
  PORT: Count(3000, 'a port number from 0 to 65535', 65_535),
  PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^/\\s]+/?$', description: PUBLIC_URL_EXPECTED })),
  TRUST_PROXY: Type.Optional(Type.String({ description: PROXIES_EXPECTED })),
  DATABASE_URL: Type.String({
    pattern: '^(file:.+|postgres(ql)?://.+)',
    default: 'file:./data/panelist.db',
    description: 'where the database is, like file:./data/panelist.db or postgres://user:password@host:5432/panelist',
  }),
  MIGRATE: OneOf(['on', 'off'], 'on'),
  WORKERS: Type.Integer({
    minimum: 1,
    maximum: 64,
    default: 1,
    description: 'how many processes share the port, from 1 to 64',
  }),
  JWT_SECRET: Secret(SECRET_EXPECTED),
  JWT_SECRET_PREVIOUS: Secret(`the secret in use before, while tokens signed with it live: ${SECRET_EXPECTED}`),
  REGISTRATION: Type.Optional(
    Type.Unsafe<'open' | 'closed'>({ type: 'string', enum: ['open', 'closed'], description: 'one of open, closed' }),
  ),
  GOOGLE_CLIENT_ID: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: CLIENT_ID_EXPECTED })),
  GOOGLE_CLIENT_SECRET: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1000, description: CLIENT_SECRET_EXPECTED }),
  ),
  GOOGLE_ALLOWED_DOMAINS: Type.Optional(Type.String({ description: DOMAINS_EXPECTED })),
  ALLOWED_ORIGINS: Type.Optional(Type.String({ description: ORIGINS_EXPECTED })),
  RATE_LIMIT_MAX: Count(1000, 'requests a minute for each user or address, 0 for no limit'),
  AUTH_RATE_LIMIT_MAX: Count(10, 'sign-in requests a minute for each address and each account, 0 for no limit'),
  CACHE_MAX_BYTES: Count(64 * 1024 * 1024, 'bytes of answers kept in memory, 0 for none', 2 ** 40),
  MAIL: OneOf(['on', 'off'], 'on'),
  SMTP_URL: Type.Optional(Type.String({ pattern: '^smtps?://[^\\s]+$', description: SMTP_EXPECTED })),
  MAIL_FROM: Type.String({
    minLength: 3,
    maxLength: 200,
    pattern: MAIL_FROM,
    default: 'panelist@localhost',
    description: 'the one address that mails come from',
  }),
  REMINDERS: Type.String({
    pattern: '^(?:off|\\d{1,4}[mh](?:,\\d{1,4}[mh]){0,4})$',
    default: '24h,1h',
    description: 'how long before an interview its people are reminded, like 24h,1h; off for never',
  }),
  BACKUP_SCHEDULE: Type.String({ maxLength: 200, default: '0 3 * * *', description: SCHEDULE_EXPECTED }),
  BACKUP_DIR: Type.Optional(Type.String({ description: 'the folder that backups are kept in' })),
  WEEK_STARTS_ON: OneOf(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'], 'monday'),
  LOG_LEVEL: OneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  SLOW_QUERY_MS: Count(100, 'milliseconds from which a query is named in the log'),
  METRICS_TOKEN: Type.Optional(Type.String({ pattern: '^[!-~]{16,1000}$', description: METRICS_EXPECTED })),
  DOCS: OneOf(['on', 'off'], 'on'),
})

type Settings = Static<typeof ConfigSchema>
/** The settings, with lists split and nothing left open that has a default. */
export type Config = Readonly<
  Omit<Settings, 'TRUST_PROXY' | 'ALLOWED_ORIGINS' | 'GOOGLE_ALLOWED_DOMAINS'> & {
    TRUST_PROXY: readonly string[]
    ALLOWED_ORIGINS: readonly string[]
    GOOGLE_ALLOWED_DOMAINS: readonly string[]
  } & Required<Pick<Settings, 'JWT_SECRET' | 'REGISTRATION'>>
>

type Environment = Readonly<Record<string, string | undefined>>

/** Settings that may also be named by a file, `JWT_SECRET_FILE=/run/secrets/jwt`, so that no environment shows them. */
export const SECRETS = [
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'DATABASE_URL',
  'GOOGLE_CLIENT_SECRET',
  'SMTP_URL',
  'METRICS_TOKEN',
] as const

/** The configuration is wrong: one line for every mistake, each with its variable and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(mistakes: readonly string[]) {
    super(['The configuration is not valid:', ...mistakes.map(mistake => `  ${mistake}`)].join('\n'))
  }
}

/**
 * Reads the settings out of an environment, by default that of the process and the file `.env`. Throws a ConfigError
 * that names every mistake at once. Outside production a missing JWT_SECRET is made and kept beside the database.
 */
export function loadConfig(environment: Environment = ownEnvironment()): Config {
  const mistakes: string[] = []
  const data = withSecretFiles(environment, mistakes)
  const settings = readSettings(data, mistakes)
  mistakes.push(...impossible(data))
  if (settings === undefined || mistakes.length > 0) throw new ConfigError(mistakes)
  return {
    ...settings,
    TRUST_PROXY: listed(data['TRUST_PROXY']),
    ALLOWED_ORIGINS: listed(data['ALLOWED_ORIGINS']),
    GOOGLE_ALLOWED_DOMAINS: listed(data['GOOGLE_ALLOWED_DOMAINS']).map(domain => domain.toLowerCase()),
    JWT_SECRET: settings.JWT_SECRET ?? keptSecret(dataFolder(settings.DATABASE_URL)),
    REGISTRATION: settings.REGISTRATION ?? (settings.NODE_ENV === 'production' ? 'closed' : 'open'),
  }
}

/** The address people use, without a slash at its end: the one it listens on unless PUBLIC_URL names another. */
export function publicAddress({ PUBLIC_URL, HOST, PORT }: Config): string {
  return PUBLIC_URL?.replace(/\/$/, '') ?? `http://${isIP(HOST) === 6 ? `[${HOST}]` : HOST}:${PORT}`
}

/** The folder of the files a machine keeps: that of the database file, or `data` when the database is a server. */
export function dataFolder(databaseUrl: string): string {
  return databaseUrl.startsWith('file:') ? dirname(resolve(databaseUrl.slice('file:'.length))) : resolve('data')
}

/** The folder of the backups: BACKUP_DIR, or one beside the database file. */
export function backupFolder({ BACKUP_DIR, DATABASE_URL }: Pick<Config, 'BACKUP_DIR' | 'DATABASE_URL'>): string {
  return BACKUP_DIR === undefined ? join(dataFolder(DATABASE_URL), 'backups') : resolve(BACKUP_DIR)
}

/** A schedule of BACKUP_SCHEDULE; given nothing to do, it can only be asked for its times. */
export function backupTimes(schedule: string, work?: () => Promise<void>): Cron {
  const options = { utcOffset: 0, mode: '5-part', unref: true, protect: true } as const
  return work ? new Cron(schedule, options, work) : new Cron(schedule, { ...options, paused: true })
}

function ownEnvironment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

let validator: ValidateFunction<Settings> | undefined

function readSettings(data: Environment, mistakes: string[]): Settings | undefined {
  const options = {
    allErrors: true,
    coerceTypes: true,
    useDefaults: true,
    removeAdditional: 'all',
    ...UNCHECKED,
  } as const
  const validate = (validator ??= new Ajv(options).compile<Settings>(ConfigSchema))
  const settings: unknown = { ...data }
  if (validate(settings)) return settings
  mistakes.push(...spelledOut(validate.errors ?? []))
  return undefined
}

/** One sentence a variable; the value itself is not repeated, as it may be a secret. */
function spelledOut(errors: readonly ErrorObject[]): string[] {
  const properties: Readonly<Record<string, { description?: string }>> = ConfigSchema.properties
  const names = errors.map(({ instancePath }) => instancePath.split('/')[1] ?? '')
  return [...new Set(names)].map(name => `${name}: expected ${properties[name]?.description ?? 'another value'}`)
}

/** What the schema cannot tell. */
function impossible(data: Environment): string[] {
  const mistakes: string[] = []
  if (data['NODE_ENV'] === 'production' && data['JWT_SECRET'] === undefined) {
    mistakes.push(`JWT_SECRET: expected ${SECRET_EXPECTED}; production has no default`)
  }
  if (!listed(data['TRUST_PROXY']).every(isNetwork)) mistakes.push(`TRUST_PROXY: expected ${PROXIES_EXPECTED}`)
  if (!listed(data['ALLOWED_ORIGINS']).every(isOrigin)) mistakes.push(`ALLOWED_ORIGINS: expected ${ORIGINS_EXPECTED}`)
  if (!isSchedule(data['BACKUP_SCHEDULE'])) mistakes.push(`BACKUP_SCHEDULE: expected ${SCHEDULE_EXPECTED}`)
  return [...mistakes, ...impossibleWithGoogle(data)]
}

/** A list of domains without one would let everybody in, so it is no list. */
function impossibleWithGoogle(data: Environment): string[] {
  const mistakes: string[] = []
  const { GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret, GOOGLE_ALLOWED_DOMAINS: domains } = data
  if (id === undefined && secret !== undefined) mistakes.push(`GOOGLE_CLIENT_ID: expected ${CLIENT_ID_EXPECTED}`)
  if (id !== undefined && secret === undefined)
    mistakes.push(`GOOGLE_CLIENT_SECRET: expected ${CLIENT_SECRET_EXPECTED}`)
  if (id !== undefined && data['NODE_ENV'] === 'production' && data['PUBLIC_URL'] === undefined) {
    mistakes.push(`PUBLIC_URL: expected ${PUBLIC_URL_EXPECTED}; Google sends people back to it`)
  }
  const listedDomains = listed(domains)
  if (domains !== undefined && (listedDomains.length === 0 || !listedDomains.every(one => DOMAIN.test(one)))) {
    mistakes.push(`GOOGLE_ALLOWED_DOMAINS: expected ${DOMAINS_EXPECTED}`)
  }
  return mistakes
}

function listed(text = ''): string[] {
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

/** It also has a time to come: the 31st of February is a schedule by its form alone. */
function isSchedule(schedule = 'off'): boolean {
  try {
    return schedule === 'off' || backupTimes(schedule).nextRun() !== null
  } catch {
    return false
  }
}

function isOrigin(entry: string): boolean {
  return URL.canParse(entry) && new URL(entry).origin === entry
}

function withSecretFiles(environment: Environment, mistakes: string[]): Environment {
  const read: Record<string, string> = {}
  for (const name of SECRETS) {
    const file = environment[`${name}_FILE`]
    if (file === undefined || file === '') continue
    try {
      read[name] = readFileSync(file, 'utf8').trim()
    } catch {
      mistakes.push(`${name}_FILE: expected a file that can be read`)
    }
  }
  return { ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')), ...read }
}

function keptSecret(folder: string): string {
  const file = join(folder, 'jwt-secret')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(file, 'utf8')
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly config: Config
  }
}

export const configPlugin = fp<{ config: Config }>(
  async (app, { config }) => {
    app.decorate('config', config)
  },
  { name: 'config' },
)
