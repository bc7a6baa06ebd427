import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Declarations } from '../../plugins/feature.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { ApiTokenQuery, tokenSchemas, type TokenSchemas } from './schemas.ts'
import { tokensService } from './service.ts'

const tags = ['tokens']

export const tokensRoutes: FastifyPluginAsyncTypebox<Pick<Declarations, 'scopes'>> = async (app, { scopes }) => {
  const schemas = tokenSchemas(scopes)
  for (const schema of [schemas.ApiToken, schemas.CreatedApiToken, schemas.ApiTokenPage]) app.addSchema(schema)
  const tokens = tokensService(app)

  app.get('/', { schema: LIST(schemas) }, async request => tokens.list(request.principal, request.query))

  app.post('/', { schema: CREATE(schemas) }, async (request, reply) => {
    const token = await tokens.create(request.principal, request.body)
    reply.code(201).header('location', `/api/tokens/${token.id}`)
    return token
  })

  app.delete('/:id', { config: { versioned: false }, schema: DELETE }, async (request, reply) => {
    await tokens.delete(request.principal, request.params.id)
    return reply.code(204).send(null)
  })
}

const LIST = ({ ApiTokenPage }: TokenSchemas) => ({
  tags,
  operationId: 'listApiTokens',
  summary: 'List your API tokens',
  description: 'Lists your own tokens, newest first. Their secrets are not stored and cannot be shown again.',
  querystring: ApiTokenQuery,
  response: { 200: answer(ApiTokenPage, 'A page of tokens'), ...refused(403) },
})

const CREATE = ({ NewApiToken, CreatedApiToken }: TokenSchemas) => ({
  tags,
  operationId: 'createApiToken',
  summary: 'Create an API token for a script',
  description:
    'For anyone who has signed in; an API token cannot make another. The `secret` is shown only once: send it as ' +
    '`Authorization: Bearer pnl_…`. It can do what you can, within its scopes: when your role ' +
    'shrinks, so does the token. A repetition with the same `Idempotency-Key` gets a new secret, and the earlier one ' +
    'stops working.',
  body: NewApiToken,
  response: { 201: answer(CreatedApiToken, 'The token and its secret'), ...refused(403, 404, 409) },
})

const DELETE = {
  tags,
  operationId: 'deleteApiToken',
  summary: 'Revoke an API token',
  description: 'Revokes one of your own tokens. It stops working at once.',
  params: OnlyId,
  response: { 204: gone('Revoked'), ...refused(403, 404) },
}
