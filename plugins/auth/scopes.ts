import { isRead } from '../conditional.ts'

/** What an API token may do with the routes of one scope. Writing does not include reading. */
export type Scope = `${string}:${'read' | 'write'}`

/** What a token needs for a request of this method to a route of this scope. */
export function scopeFor(name: string, method: string): Scope {
  return `${name}:${isRead(method) ? 'read' : 'write'}`
}
