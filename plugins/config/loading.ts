import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { UNCHECKED } from '../validation.ts'
import { listed, mistakeIn, mistakesBeyondSchema } from './checks.ts'
import { dataFolder } from './places.ts'
import { ConfigSchema, SECRET_BYTES, SECRETS, type Config, type Environment, type Settings } from './schema.ts'

/** The configuration is wrong: one line for every mistake, each with its variable and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(mistakes: readonly string[]) {
    super(['The configuration is not valid:', ...mistakes.map(mistake => `  ${mistake}`)].join('\n'))
  }
}

/**
 * Reads the settings from an environment, by default that of the process and the file `.env`. Throws a ConfigError
 * that names every mistake at once. Outside production a missing JWT_SECRET is made and kept beside the database.
 */
export function loadConfig(environment: Environment = processEnvironment()): Config {
  const { settings, variables } = checked(environment)
  return {
    ...settings,
    TRUST_PROXY: listed(variables['TRUST_PROXY']),
    ALLOWED_ORIGINS: listed(variables['ALLOWED_ORIGINS']),
    GOOGLE_ALLOWED_DOMAINS: listed(variables['GOOGLE_ALLOWED_DOMAINS']).map(domain => domain.toLowerCase()),
    JWT_SECRET: settings.JWT_SECRET ?? keptSecret(dataFolder(settings.DATABASE_URL)),
    REGISTRATION: settings.REGISTRATION ?? (settings.NODE_ENV === 'production' ? 'closed' : 'open'),
  }
}

/** The settings of a program that signs nothing, and so neither needs a secret nor makes one. Throws a ConfigError. */
export function loadSettings(environment: Environment = processEnvironment()): Settings {
  return checked(environment).settings
}

function checked(environment: Environment): { settings: Settings; variables: Environment } {
  const mistakes: string[] = []
  const variables = withSecretFiles(environment, mistakes)
  const settings = readSettings(variables, mistakes)
  mistakes.push(...mistakesBeyondSchema(variables))
  if (settings === undefined || mistakes.length > 0) throw new ConfigError(mistakes)
  return { settings, variables }
}

function processEnvironment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

/** The variables that are not empty, with the secrets that are named by a file. */
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

let validator: ValidateFunction<Settings> | undefined

function readSettings(variables: Environment, mistakes: string[]): Settings | undefined {
  const options = {
    allErrors: true,
    coerceTypes: true,
    useDefaults: true,
    removeAdditional: 'all',
    ...UNCHECKED,
  } as const
  const validate = (validator ??= new Ajv(options).compile<Settings>(ConfigSchema))
  const settings: unknown = { ...variables }
  if (validate(settings)) return settings
  mistakes.push(...new Set((validate.errors ?? []).map(mistakeOf)))
  return undefined
}

function mistakeOf({ instancePath }: ErrorObject): string {
  const name = instancePath.slice(1)
  return isSetting(name) ? mistakeIn(name) : `${name}: expected another value`
}

function isSetting(name: string): name is keyof Settings {
  return name in ConfigSchema.properties
}

function keptSecret(folder: string): string {
  const file = join(folder, 'jwt-secret')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(file, 'utf8')
}
