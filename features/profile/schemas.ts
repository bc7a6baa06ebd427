import { Type, type Static } from '@sinclair/typebox'
import { NewPassword, UserName, UserRole } from '../../domain/accounts/account.ts'
import { Notifications } from '../../domain/accounts/notifications.ts'
import { Email, Id, Instant, TimeZone, Version } from '../../domain/lists/fields.ts'

export const Profile = Type.Object(
  {
    id: Id,
    email: Email,
    name: UserName,
    role: UserRole,
    timezone: TimeZone,
    notifications: Notifications,
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  {
    $id: 'Profile',
    description: 'Your account and your choices',
    examples: [
      {
        id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        role: 'interviewer',
        timezone: 'Europe/Berlin',
        notifications: { invitations: true, changes: true, cancellations: true, reminders: false, signIns: true },
        version: 3,
        createdAt: '2026-03-01T08:00:00.000Z',
        updatedAt: '2026-03-02T08:59:00.000Z',
      },
    ],
  },
)
export type Profile = Static<typeof Profile>

export const ProfileChanges = Type.Partial(
  Type.Object({
    name: UserName,
    timezone: TimeZone,
    notifications: Type.Partial(Notifications, {
      additionalProperties: false,
      minProperties: 1,
      description: 'Only those that are sent change',
    }),
  }),
  {
    additionalProperties: false,
    minProperties: 1,
    examples: [{ timezone: 'Europe/Berlin', notifications: { reminders: false } }],
  },
)
export type ProfileChanges = Static<typeof ProfileChanges>

export const PasswordChange = Type.Object(
  { current: Type.String({ minLength: 1, maxLength: 128 }), new: NewPassword },
  { additionalProperties: false, examples: [{ current: 'violet harbor anchors 42', new: 'seven purple lanterns 9' }] },
)
export type PasswordChange = Static<typeof PasswordChange>
