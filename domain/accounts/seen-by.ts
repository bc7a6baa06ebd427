import type { Identity } from '../../plugins/auth/identity.ts'
import { isStaff } from './visibility.ts'

/** Who is answered alike, for the cache of a route: two people with the same name get the same answer. */

export const everyone = (): string => 'everyone'

export const staffAlike = (viewer: Identity): string => (isStaff(viewer) ? 'staff' : viewer.id)

export const adminsAlike = ({ role, id }: Identity): string => (role === 'admin' ? role : id)
