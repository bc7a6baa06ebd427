import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backupFolder, ConfigError, loadConfig } from '../../plugins/config.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'panelist-config-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SECRET = 'x'.repeat(32)
const database = () => `file:${join(folder, 'panelist.db')}`
const mistakesIn = (environment: Record<string, string>): string => {
  try {
    loadConfig(environment)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return error instanceof Error ? error.message : ''
  }
}

describe('configuration', () => {
  it('has a default for everything but secrets', () => {
    expect(loadConfig({ DATABASE_URL: database() })).toMatchObject({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 3000,
      MIGRATE: 'on',
      WORKERS: 1,
      REGISTRATION: 'open',
      ALLOWED_ORIGINS: [],
      TRUST_PROXY: [],
      RATE_LIMIT_MAX: 1000,
      AUTH_RATE_LIMIT_MAX: 10,
      SLOW_QUERY_MS: 100,
      DOCS: 'on',
    })
  })

  it('names every mistake at once, each with its variable and what was expected, and repeats no value', () => {
    const message = mistakesIn({
      NODE_ENV: 'production',
      PORT: '70000',
      RATE_LIMIT_MAX: 'many',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      JWT_SECRET: 'short-and-secret',
    })
    for (const part of [
      'PORT: expected a port number from 0 to 65535',
      'RATE_LIMIT_MAX: expected a number of requests a minute',
      'LOG_LEVEL: expected one of fatal, error',
      'DATABASE_URL: expected the address of the database',
      'JWT_SECRET: expected a random secret of at least 32 bytes',
    ]) {
      expect(message).toContain(part)
    }
    expect(message).not.toMatch(/hunter2|short-and-secret|70000/)
  })

  it.each(['nightly', '61 * * * *', '0 0 31 2 *', '* * * * * *'])('refuses %s as the schedule of backups', schedule => {
    expect(mistakesIn({ BACKUP_SCHEDULE: schedule })).toContain(
      'BACKUP_SCHEDULE: expected the five fields of cron in UTC',
    )
  })

  it('keeps backups beside the database file by default', () => {
    const told = { DATABASE_URL: 'file:/var/lib/panelist/p.db' }
    expect(backupFolder(told)).toBe('/var/lib/panelist/backups')
    expect(backupFolder({ ...told, BACKUP_DIR: '/mnt/backups' })).toBe('/mnt/backups')
    expect(loadConfig({ DATABASE_URL: database() }).BACKUP_SCHEDULE).toBe('0 3 * * *')
    expect(loadConfig({ DATABASE_URL: database(), BACKUP_SCHEDULE: 'off' }).BACKUP_SCHEDULE).toBe('off')
  })

  it('has no default secret in production, and closes registration there', () => {
    expect(mistakesIn({ NODE_ENV: 'production' })).toContain('JWT_SECRET: expected a random secret')
    expect(loadConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET }).REGISTRATION).toBe('closed')
  })

  it('keeps a random secret beside the database in development, readable by its owner alone', () => {
    const first = loadConfig({ DATABASE_URL: database() }).JWT_SECRET
    expect(loadConfig({ DATABASE_URL: database() }).JWT_SECRET).toBe(first)
    expect(Buffer.byteLength(first)).toBeGreaterThanOrEqual(32)
    expect(statSync(join(folder, 'jwt-secret')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'jwt-secret'), 'utf8')).toBe(first)
  })

  it('reads a secret out of a file, and says when it cannot', () => {
    const file = join(folder, 'secret')
    writeFileSync(file, `${SECRET}\n`)
    expect(loadConfig({ JWT_SECRET_FILE: file, NODE_ENV: 'production' }).JWT_SECRET).toBe(SECRET)
    expect(mistakesIn({ JWT_SECRET_FILE: join(folder, 'absent') })).toContain('JWT_SECRET_FILE: expected a file')
  })

  it('takes a token for the metrics, also out of a file, that is long enough not to be guessed', () => {
    const file = join(folder, 'metrics-token')
    writeFileSync(file, 'sixteen-visible-\n')
    expect(loadConfig({ JWT_SECRET: SECRET, METRICS_TOKEN_FILE: file }).METRICS_TOKEN).toBe('sixteen-visible-')
    expect(loadConfig({ JWT_SECRET: SECRET, METRICS_TOKEN: '' }).METRICS_TOKEN).toBeUndefined()
    for (const token of ['fifteen-visible', 'sixteen visible!!', 'sixteen-visible-é']) {
      expect(mistakesIn({ JWT_SECRET: SECRET, METRICS_TOKEN: token })).toMatch(/METRICS_TOKEN: expected .+16 char/)
    }
  })

  it('reads lists, and takes an empty variable for one that is not set', () => {
    const config = loadConfig({
      JWT_SECRET: SECRET,
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      PORT: '',
      TRUST_PROXY: '',
    })
    expect(config).toMatchObject({
      ALLOWED_ORIGINS: ['https://a.example', 'https://b.example'],
      PORT: 3000,
      TRUST_PROXY: [],
    })
  })

  describe('of signing in with Google', () => {
    const sound = { JWT_SECRET: SECRET, GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'hunter2' }

    it('reads the secret out of a file, and domains in whatever case', () => {
      const file = join(folder, 'google-secret')
      writeFileSync(file, 'hunter2\n')
      const { GOOGLE_CLIENT_SECRET: _, ...others } = sound
      const config = loadConfig({
        ...others,
        GOOGLE_CLIENT_SECRET_FILE: file,
        GOOGLE_ALLOWED_DOMAINS: 'Example.com, mail.example.org',
      })
      expect(config).toMatchObject({ ...sound, GOOGLE_ALLOWED_DOMAINS: ['example.com', 'mail.example.org'] })
      expect(loadConfig({ JWT_SECRET: SECRET }).GOOGLE_ALLOWED_DOMAINS).toEqual([])
    })

    it('takes id and secret together only, and names the one that is missing', () => {
      expect(mistakesIn({ ...sound, GOOGLE_CLIENT_ID: '' })).toContain('GOOGLE_CLIENT_ID: expected the client id')
      const without = mistakesIn({ ...sound, GOOGLE_CLIENT_SECRET: '' })
      expect(without).toContain('GOOGLE_CLIENT_SECRET: expected the client secret')
      expect(mistakesIn({ ...sound, GOOGLE_CLIENT_ID: '' })).not.toContain('hunter2')
    })

    it('asks for PUBLIC_URL in production, where people are sent back to', () => {
      const production = { ...sound, NODE_ENV: 'production' }
      expect(mistakesIn(production)).toContain('PUBLIC_URL: expected the address people use')
      expect(mistakesIn({ ...production, PUBLIC_URL: 'https://panelist.example' })).toBe('')
    })

    it.each([',', 'example', '@example.com', 'https://example.com', '*.example.com', 'example.com,-x.org', 'a..b'])(
      'refuses the domains %j',
      domains => {
        const message = mistakesIn({ ...sound, GOOGLE_ALLOWED_DOMAINS: domains })
        expect(message).toContain('GOOGLE_ALLOWED_DOMAINS: expected the domains')
      },
    )
  })

  it('refuses a proxy that is not an address and an origin that is not one', () => {
    const message = mistakesIn({ JWT_SECRET: SECRET, TRUST_PROXY: '10.0.0.0/8,nginx', ALLOWED_ORIGINS: '*' })
    expect(message).toContain('TRUST_PROXY: expected')
    expect(message).toContain('ALLOWED_ORIGINS: expected')
  })
})
