import { Type, type Static } from '@sinclair/typebox'
import { NewPassword, User, UserName, UserRole, UserStatus } from '../../domain/accounts/account.ts'
import { Email } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'
import { Search } from '../../domain/lists/words.ts'

export const NewUser = Type.Object(
  { email: Email, password: NewPassword, name: UserName, role: Type.Optional(UserRole) },
  {
    additionalProperties: false,
    examples: [
      { email: 'grace@example.com', password: 'violet harbor anchors 42', name: 'Grace Hopper', role: 'talent' },
    ],
  },
)
export type NewUser = Static<typeof NewUser>

export const UserChanges = Type.Partial(
  Type.Object({ email: Email, name: UserName, role: UserRole, status: UserStatus, password: NewPassword }),
  { additionalProperties: false, minProperties: 1, examples: [{ status: 'disabled' }] },
)
export type UserChanges = Static<typeof UserChanges>

export const OnlyEmail = Type.Object({ email: Email }, { additionalProperties: false })

export const UserPage = PageOf(User, 'UserPage')

export const UserQuery = PageQuery(['name', 'email', 'createdAt'], {
  role: Type.Optional(UserRole),
  status: Type.Optional(UserStatus),
  q: Search('the name or address'),
})
export type UserQuery = Static<typeof UserQuery>
