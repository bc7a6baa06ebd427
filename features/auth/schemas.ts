import { Type, type Static } from '@sinclair/typebox'
import { NewPassword, USER_EXAMPLE, UserName, type User } from '../accounts.ts'
import { Email } from '../fields.ts'

const TOKEN_EXAMPLE = 'pZ6s3mTq0J5m0yq2xN8cW1rJ9dT4kV7bL3hF6gS2aQ0'

export const Registration = Type.Object(
  { email: Email, password: NewPassword, name: UserName },
  {
    additionalProperties: false,
    examples: [{ email: 'ada@example.com', password: 'violet harbor anchors 42', name: 'Ada Lovelace' }],
  },
)
export type Registration = Static<typeof Registration>

export const Credentials = Type.Object(
  { email: Email, password: Type.String({ minLength: 1, maxLength: 128 }) },
  { additionalProperties: false, examples: [{ email: 'ada@example.com', password: 'violet harbor anchors 42' }] },
)
export type Credentials = Static<typeof Credentials>

export const Refresh = Type.Object(
  { refreshToken: Type.String({ minLength: 1, maxLength: 200, description: 'The last one you were given' }) },
  { additionalProperties: false, examples: [{ refreshToken: TOKEN_EXAMPLE }] },
)

export const SignedIn = Type.Object(
  {
    user: Type.Unsafe<User>({ $ref: 'User#' }),
    accessToken: Type.String({ description: 'For "Authorization: Bearer …"' }),
    refreshToken: Type.String({ description: 'Gives one new pair; using it a second time ends the session' }),
    tokenType: Type.Literal('Bearer'),
    expiresIn: Type.Integer({ description: 'Seconds until the access token expires' }),
  },
  {
    $id: 'SignedIn',
    description: 'A session has begun, or goes on',
    examples: [
      {
        user: USER_EXAMPLE,
        accessToken: 'eyJhbGciOi…',
        refreshToken: TOKEN_EXAMPLE,
        tokenType: 'Bearer',
        expiresIn: 900,
      },
    ],
  },
)
export type SignedIn = Static<typeof SignedIn>
