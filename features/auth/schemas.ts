import { Type, type Static } from '@sinclair/typebox'
import { NewPassword, UserName } from '../../domain/accounts/account.ts'
import { Email } from '../../domain/lists/fields.ts'
import { TOKEN_EXAMPLE } from '../../domain/accounts/sign-in.ts'

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

export const Confirmation = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200, description: 'The code of the mail' }) },
  { additionalProperties: false, examples: [{ token: TOKEN_EXAMPLE }] },
)

export const Refresh = Type.Object(
  { refreshToken: Type.String({ minLength: 1, maxLength: 200, description: 'The newest one you have received' }) },
  { additionalProperties: false, examples: [{ refreshToken: TOKEN_EXAMPLE }] },
)
