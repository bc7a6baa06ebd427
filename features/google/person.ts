import { storedAddress } from '../../plugins/validation/addresses.ts'
import { lineOf } from '../../plugins/validation/texts.ts'
import type { Claims } from './schemas.ts'

const LONGEST_NAME = 120

/** Whom an id_token tells of. */
export interface Person {
  /** Theirs for ever, whatever becomes of the address. */
  readonly subject: string
  /** Empty when there is none that this program takes. */
  readonly email: string
  /** Whether the provider has seen that the address is theirs. */
  readonly emailVerified: boolean
  /** The organisation that the account belongs to; undefined for a personal one. */
  readonly hostedDomain: string | undefined
  readonly name: string
}

/** Everything in a token but its subject may be missing, or of another kind than it should. */
export function personIn(
  { sub, ...claims }: Claims & Readonly<Record<string, unknown>>,
  isEmail: (text: string) => boolean,
): Person {
  const { email, email_verified: verified, hd, name } = claims
  const stored = typeof email === 'string' ? storedAddress(email) : ''
  const address = isEmail(stored) ? stored : ''
  return {
    subject: sub,
    email: address,
    emailVerified: verified === true && address !== '',
    hostedDomain: typeof hd === 'string' ? hd : undefined,
    name: oneLine(typeof name === 'string' ? name : '') || (address.split('@')[0] ?? ''),
  }
}

/** As an account may be called, and not too long. */
function oneLine(text: string): string {
  return Array.from(lineOf(text)).slice(0, LONGEST_NAME).join('').trim()
}
