import { Type, type Static } from '@sinclair/typebox'
import { SCOPES, type Scope } from '../../plugins/auth/scopes.ts'
import { Id, Instant, Line, Nullable } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

const Scopes = Type.Array(Type.Unsafe<Scope>({ type: 'string', enum: [...SCOPES] }), {
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
  description: 'What it may do, as far as its owner may; to write does not include to read',
})
const Name = Line(120, { description: 'What it is for', examples: ['Nightly report'] })
const ExpiresAt = Nullable(Type.String({ ...Instant, description: 'From then on it is worth nothing; null: never' }))

const FIELDS = {
  id: Id,
  name: Name,
  scopes: Scopes,
  expiresAt: ExpiresAt,
  lastUsedAt: Nullable(Type.String({ ...Instant, description: 'To the minute; null: never' })),
  createdAt: Instant,
}

const EXAMPLE = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d30',
  name: 'Nightly report',
  scopes: ['events:read', 'interviewers:read'],
  expiresAt: '2027-03-01T00:00:00.000Z',
  lastUsedAt: null,
  createdAt: '2026-03-01T08:00:00.000Z',
}

export const ApiToken = Type.Object(FIELDS, {
  $id: 'ApiToken',
  description: 'A credential for scripts. What it may do is what its owner may, and no more than its scopes',
  examples: [EXAMPLE],
})
export type ApiToken = Static<typeof ApiToken>

export const CreatedApiToken = Type.Object(
  { ...FIELDS, secret: Type.String({ description: 'For "Authorization: Bearer …". Shown this once' }) },
  {
    $id: 'CreatedApiToken',
    description: 'The token, with the secret that is shown once',
    examples: [{ ...EXAMPLE, secret: 'pnl_…' }],
  },
)
export type CreatedApiToken = Static<typeof CreatedApiToken>

export const NewApiToken = Type.Object(
  { name: Name, scopes: Scopes, expiresAt: Type.Optional(ExpiresAt) },
  {
    additionalProperties: false,
    examples: [{ name: 'Nightly report', scopes: ['events:read', 'interviewers:read'], expiresAt: EXAMPLE.expiresAt }],
  },
)
export type NewApiToken = Static<typeof NewApiToken>

export const ApiTokenPage = PageOf(ApiToken, 'ApiTokenPage')

const SORTS: ['createdAt'] = ['createdAt']
export const ApiTokenQuery = PageQuery(SORTS, {})
