import { Type, type Static } from '@sinclair/typebox'
import { WEEKDAYS } from './weekdays.ts'

export const SECRET_BYTES = 32
const SECRET_EXPECTED = `a random secret of at least ${SECRET_BYTES} bytes`
const MAIL_FROM = '^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,120}[A-Za-z0-9])?$'

const OneOf = <const Values extends readonly string[]>(values: Values, fallback: Values[number], what: string) =>
  Type.Unsafe<Values[number]>({
    type: 'string',
    enum: values,
    default: fallback,
    description: `one of ${values.join(', ')}: ${what}`,
  })
const Switch = (what: string) => OneOf(['on', 'off'], 'on', what)
const Secret = (description: string) => Type.Optional(Type.String({ minLength: SECRET_BYTES, description }))
const GoogleCredential = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description }))
const Count = (fallback: number, description: string, maximum = 1_000_000_000) =>
  Type.Integer({ minimum: 0, maximum, default: fallback, description })

/** Every setting: its variable, its default and, as the description, what is expected of it. */
export const ConfigSchema = Type.Object({
  NODE_ENV: OneOf(['development', 'production', 'test'], 'development', 'what the program runs for'),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'the address to listen on' }),
  PORT: Count(3000, 'a port number from 0 to 65535', 65_535),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/\\s]+/?$',
      description: 'the address people use, like https://panelist.example, where https turns on HSTS',
    }),
  ),
  KEEP_ALIVE_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 3600,
    default: 75,
    description:
      'the number of seconds an idle connection is kept, from 1 to 3600: longer than the load balancer in front keeps it, which is 60 for most',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      description: 'the addresses or networks of the proxies in front, separated by commas, like 10.0.0.7,10.1.0.0/16',
    }),
  ),
  DATABASE_URL: Type.String({
    pattern: '^(file:.+|postgres(ql)?://.+)',
    default: 'file:./data/panelist.db',
    description:
      'the address of the database, like file:./data/panelist.db or postgres://user:password@host:5432/panelist',
  }),
  MIGRATE: Switch(
    'whether the program brings its database up to date when it starts; with off it refuses an older one',
  ),
  WORKERS: Type.Integer({
    minimum: 1,
    maximum: 64,
    default: 1,
    description: 'the number of processes that share the port, from 1 to 64',
  }),
  JWT_SECRET: Secret(`${SECRET_EXPECTED} that signs access tokens; one is made by default, except in production`),
  JWT_SECRET_PREVIOUS: Secret(`the previous secret, while tokens signed with it are valid: ${SECRET_EXPECTED}`),
  REGISTRATION: Type.Optional(
    Type.Unsafe<'open' | 'closed'>({
      type: 'string',
      enum: ['open', 'closed'],
      description: 'one of open, closed: whether people may create their own accounts; closed by default in production',
    }),
  ),
  GOOGLE_CLIENT_ID: GoogleCredential('the client id that Google issued together with GOOGLE_CLIENT_SECRET'),
  GOOGLE_CLIENT_SECRET: GoogleCredential('the client secret that Google issued together with GOOGLE_CLIENT_ID'),
  GOOGLE_ALLOWED_DOMAINS: Type.Optional(
    Type.String({
      description:
        'the domains whose people may sign in with Google, separated by commas, like example.com,example.org; everybody by default',
    }),
  ),
  ALLOWED_ORIGINS: Type.Optional(
    Type.String({
      description: 'the origins whose pages may call the API, separated by commas, like https://hr.example',
    }),
  ),
  RATE_LIMIT_MAX: Count(1000, 'a number of requests a minute for each user or address, 0 for no limit'),
  AUTH_RATE_LIMIT_MAX: Count(
    10,
    'a number of sign-in requests a minute for each address and each account, 0 for no limit',
  ),
  CACHE_MAX_BYTES: Count(64 * 1024 * 1024, 'the most bytes of answers that are kept in memory, 0 for none', 2 ** 40),
  MAIL: Switch('whether this instance makes and sends mails'),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: '^smtps?://[^\\s]+$',
      description:
        'the server that sends the mails, like smtp://user:password@mail.example:587; by default each mail is a file in outbox, beside the database',
    }),
  ),
  MAIL_FROM: Type.String({
    minLength: 3,
    maxLength: 200,
    pattern: MAIL_FROM,
    default: 'panelist@localhost',
    description: 'the one address that mails come from and answers to invitations go to',
  }),
  KEEP_MAILS_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3650,
    default: 30,
    description: 'a number of days from 1 to 3650, after which mails that were sent or given up are forgotten',
  }),
  REMINDERS: Type.String({
    pattern: '^(?:off|\\d{1,4}[mh](?:,\\d{1,4}[mh]){0,4})$',
    default: '24h,1h',
    description: 'the times before an interview at which its people are reminded, like 24h,1h; off for never',
  }),
  BACKUP_SCHEDULE: Type.String({
    maxLength: 200,
    default: '0 3 * * *',
    description: 'the five fields of cron in UTC, like 0 3 * * * for a backup every night at three; off for never',
  }),
  BACKUP_DIR: Type.Optional(
    Type.String({ description: 'the folder that backups are kept in; by default backups, beside the database file' }),
  ),
  WEEK_STARTS_ON: OneOf(WEEKDAYS, 'monday', 'the day a week begins with when interviews a week are counted'),
  LOG_LEVEL: OneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'the least severe level that is logged',
  ),
  SLOW_QUERY_MS: Count(100, 'a number of milliseconds, from which on a query is named in the log'),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      pattern: '^[!-~]{16,1000}$',
      description: 'the bearer token that a scraper of /metrics sends: at least 16 characters without a space',
    }),
  ),
  DOCS: Switch('whether the documentation of the API is served at /docs'),
})

export type Settings = Static<typeof ConfigSchema>

/** The settings, with lists split and nothing left open that has a default. */
export type Config = Readonly<
  Omit<Settings, 'TRUST_PROXY' | 'ALLOWED_ORIGINS' | 'GOOGLE_ALLOWED_DOMAINS'> & {
    TRUST_PROXY: readonly string[]
    ALLOWED_ORIGINS: readonly string[]
    GOOGLE_ALLOWED_DOMAINS: readonly string[]
  } & Required<Pick<Settings, 'JWT_SECRET' | 'REGISTRATION'>>
>

/** Variables as the environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Settings that may also be named by a file, `JWT_SECRET_FILE=/run/secrets/jwt`, so that no environment shows them. */
export const SECRETS = [
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'DATABASE_URL',
  'GOOGLE_CLIENT_SECRET',
  'SMTP_URL',
  'METRICS_TOKEN',
] as const
