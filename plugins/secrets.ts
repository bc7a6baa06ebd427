import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, in the 43 characters of base64url. */
export const randomSecret = (): string => randomBytes(32).toString('base64url')

/** SHA-256, in hex: what the database keeps of a secret that cannot be guessed. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')
