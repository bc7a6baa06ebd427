import { Type, type Static } from '@sinclair/typebox'
import type { Scope } from '../../plugins/auth/scopes.ts'
import { Id, Instant, Line, Nullable } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

const Name = Line(120, { description: 'What it is for', examples: ['Nightly report'] })
const ExpiresAt = Nullable(Type.String({ ...Instant, description: 'When it expires; null: never' }))

const EXAMPLE = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d30',
  name: 'Nightly report',
  scopes: ['events:read', 'interviewers:read'],
  expiresAt: '2027-03-01T00:00:00.000Z',
  lastUsedAt: null,
  createdAt: '2026-03-01T08:00:00.000Z',
}

/** The schemas of tokens that can have these scopes. */
export function tokenSchemas(all: readonly Scope[]) {
  const scopes = Type.Array(Type.Unsafe<Scope>({ type: 'string', enum: [...all] }), {
    minItems: 1,
    maxItems: all.length,
    uniqueItems: true,
    description: 'What it may do, as far as its owner may; writing does not include reading',
  })
  const fields = {
    id: Id,
    name: Name,
    scopes,
    expiresAt: ExpiresAt,
    lastUsedAt: Nullable(Type.String({ ...Instant, description: 'When it was last used, to the minute; null: never' })),
    createdAt: Instant,
  }
  const ApiToken = Type.Object(fields, {
    $id: 'ApiToken',
    description: 'A credential for scripts. It may do what its owner may, within its scopes',
    examples: [EXAMPLE],
  })
  const CreatedApiToken = Type.Object(
    { ...fields, secret: Type.String({ description: 'For "Authorization: Bearer …". Shown this once' }) },
    {
      $id: 'CreatedApiToken',
      description: 'The token, with the secret that is shown once',
      examples: [{ ...EXAMPLE, secret: 'pnl_…' }],
    },
  )
  const { name, expiresAt } = EXAMPLE
  const NewApiToken = Type.Object(
    { name: Name, scopes, expiresAt: Type.Optional(ExpiresAt) },
    { additionalProperties: false, examples: [{ name, scopes: EXAMPLE.scopes, expiresAt }] },
  )
  return { ApiToken, CreatedApiToken, NewApiToken, ApiTokenPage: PageOf(ApiToken, 'ApiTokenPage') }
}
export type TokenSchemas = ReturnType<typeof tokenSchemas>
export type ApiToken = Static<TokenSchemas['ApiToken']>
export type CreatedApiToken = Static<TokenSchemas['CreatedApiToken']>
export type NewApiToken = Static<TokenSchemas['NewApiToken']>

const SORTS: ['createdAt'] = ['createdAt']
export const ApiTokenQuery = PageQuery(SORTS, {})
