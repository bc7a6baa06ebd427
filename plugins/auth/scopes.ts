/** What an API token can be let near. Signing in, sessions and the tokens themselves are for people alone. */
export const RESOURCES = [
  'interviewers',
  'events',
  'availability',
  'users',
  'tasks',
  'profile',
  'portfolio',
  'reports',
  'audit',
  'backups',
] as const
export type Resource = (typeof RESOURCES)[number]

export type Scope = `${Resource}:${'read' | 'write'}`
export const SCOPES: readonly Scope[] = RESOURCES.flatMap((resource): Scope[] => [
  `${resource}:read`,
  `${resource}:write`,
])

/** What a token needs for a request of this method to a route of this resource. Writing does not include reading. */
export function scopeFor(resource: Resource, method: string): Scope {
  return `${resource}:${method === 'GET' || method === 'HEAD' ? 'read' : 'write'}`
}
