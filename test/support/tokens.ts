import { declarations } from '../../features/index.ts'
import type { SignedIn, TestApp } from './app.ts'

/** The owner as whoever holds an API token of theirs with these scopes, by default with every scope. */
export async function withApiToken(t: TestApp, owner: SignedIn, ...scopes: readonly string[]): Promise<SignedIn> {
  const payload = { name: 'Script', scopes: scopes.length > 0 ? scopes : declarations.scopes }
  const { body } = await t.post('/api/tokens', payload, owner)
  return { ...owner, headers: { authorization: `Bearer ${body.secret}` } }
}
