import { hash, parseOptions, verify } from '@node-rs/argon2'
import fp from 'fastify-plugin'
import { concurrencyLimit } from './concurrency-limit.ts'
import { ValidationError } from './errors.ts'
import { strengthOf } from './passwords/strength.ts'

/** argon2id, 19 MiB, two passes: the OWASP Password Storage Cheat Sheet's first choice. About 10 ms. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** The hash of a random password that nobody kept: it is verified where there is no account, with the same parameters. */
const NOBODYS_HASH = '$argon2id$v=19$m=19456,t=2,p=1$RuYfrZ1DBxX1lXAzKuBHBw$MrJM0YhQ3R7ZX1+tLr7D9uImqGGCAFmJqCkQspEQ1tI'
/** The thread pool has four threads, and every commit waits for one of them. */
const HASHED_AT_ONCE = 2
const MOST_WAITING = 100
const GUESSABLE_BELOW = 3
const PRODUCT = 'panelist'

/** Whose password it is: what a guess would begin with. */
export interface Person {
  readonly email: string
  readonly name: string
}

export interface Passwords {
  /** Throws a 400 that names the field and says why when `password` is easy to guess for somebody who knows the person. */
  assertStrong(password: string, person: Person, field?: string): Promise<void>
  hash(password: string): Promise<string>
  /** Takes as long without a hash, and is never true then. */
  verify(password: string, hash: string | null): Promise<boolean>
  /** Whether `hash` was made with other parameters than a new one would be. */
  isOutdated(hash: string): boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly passwords: Passwords
  }
}

/** `app.passwords`: one for all features, as they share the threads it works on. */
export const passwordsPlugin = fp(
  async app => {
    app.decorate('passwords', passwords())
  },
  { name: 'passwords', dependencies: ['errors'] },
)

/** Never call its methods inside a transaction: they wait for other threads. */
export function passwords(): Passwords {
  const limited = concurrencyLimit({ of: 'passwords are being checked', atOnce: HASHED_AT_ONCE, waiting: MOST_WAITING })
  return {
    async assertStrong(password, person, field = '/password') {
      const { score, warning, suggestions } = await strengthOf(password, wordsOf(person))
      if (score >= GUESSABLE_BELOW) return
      const why = [warning ?? '', ...suggestions].filter(sentence => sentence !== '')
      throw new ValidationError(field, undefined, ['This password is easy to guess.', ...why].join(' '))
    },
    hash: password => limited(() => hash(bytesOf(password), PARAMETERS)),
    verify: (password, known) =>
      limited(async () => {
        const real = wellFormed(known)
        const matches = await verify(real ?? NOBODYS_HASH, bytesOf(password))
        return matches && real !== undefined
      }),
    isOutdated: known => !isCurrent(known),
  }
}

/** The same password may arrive as different code points from different keyboards (NIST SP 800-63B §5.1.1.2). */
function bytesOf(password: string): Uint8Array {
  return Buffer.from(password.normalize('NFKC'))
}

function wellFormed(known: string | null): string | undefined {
  if (known === null) return undefined
  try {
    parseOptions(known)
    return known
  } catch {
    return undefined
  }
}

function isCurrent(known: string): boolean {
  if (!known.startsWith('$argon2id$v=19$')) return false
  const { memoryCost, timeCost, parallelism } = parseOptions(known)
  return JSON.stringify({ memoryCost, timeCost, parallelism }) === JSON.stringify(PARAMETERS)
}

/** Name and address, whole and in their parts. */
function wordsOf({ email, name }: Person): string[] {
  const whole = [PRODUCT, email, email.split('@')[0] ?? '', name, name.replaceAll(' ', '')]
  const parts = `${email} ${name}`.split(/[^\p{L}\p{N}]+/u)
  return [...new Set([...whole, ...parts].map(word => word.toLowerCase()))].filter(word => word.length > 2)
}
