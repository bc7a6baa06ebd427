import { Type, type Static } from '@sinclair/typebox'
import { fromJson } from '../sql.ts'

export const Notifications = Type.Object({
  invitations: Type.Boolean({ description: 'To an interview' }),
  changes: Type.Boolean({ description: 'Of an interview’s time, place or panel' }),
  cancellations: Type.Boolean({ description: 'Of an interview' }),
  reminders: Type.Boolean({ description: 'Before an interview' }),
  signIns: Type.Boolean({ description: 'To your account, from a new place' }),
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
