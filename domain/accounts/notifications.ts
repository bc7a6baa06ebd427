import { Type, type Static } from '@sinclair/typebox'
import { fromJson } from '../sql.ts'

export const Notifications = Type.Object({
  invitations: Type.Boolean({ description: 'Invitations to an interview' }),
  changes: Type.Boolean({ description: 'Changes of the time, place or panel of an interview' }),
  cancellations: Type.Boolean({ description: 'Cancellations of an interview' }),
  reminders: Type.Boolean({ description: 'Reminders before an interview' }),
  signIns: Type.Boolean({ description: 'Sign-ins to your account from a new place' }),
})
/** Which mails somebody wants. */
export type Notifications = Static<typeof Notifications>

/** Every mail is sent until somebody turns it off. */
export const ALL_WANTED: Notifications = {
  invitations: true,
  changes: true,
  cancellations: true,
  reminders: true,
  signIns: true,
}

/** Takes the column `notifications` of an account, which holds what its owner has chosen. */
export function notificationsFrom(column: string): Notifications {
  return { ...ALL_WANTED, ...fromJson<Partial<Notifications>>(column) }
}
