// What tests expect of refusals, for toMatchObject, and how they read lists.
import type { Answer } from './app.ts'

/** An id that belongs to nothing. */
export const unknown = '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10'

/** The answer that refuses with this status and code; `more` are further fields of its body. */
export const refusal = (status: number, code: string, more: object = {}) => ({ status, body: { code, ...more } })

/** The refusal that names this one field. */
export const invalid = (path: string) => refusal(400, 'VALIDATION', { details: [{ path }] })

/** The refusal of a change to another version than the current one. */
export const outdated = (currentVersion: number) => refusal(412, 'VERSION_MISMATCH', { details: [{ currentVersion }] })

/** Reads a list from its first page to its last; `read` adds the cursor to its query. */
export async function pagesOf(read: (cursor: string) => Promise<Answer>): Promise<Answer[]> {
  const pages: Answer[] = []
  for (let next: string | null = ''; next !== null; next = pages.at(-1)?.body.pagination.nextCursor ?? null)
    pages.push(await read(next && `&cursor=${next}`))
  return pages
}

/** The ids of what a page of a list shows. */
export const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id)
