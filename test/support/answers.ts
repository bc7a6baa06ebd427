// What tests expect of refusals, for toMatchObject.

/** An id that belongs to nothing. */
export const unknown = '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10'

/** The answer that refuses with this status and code; `more` are further fields of its body. */
export const refusal = (status: number, code: string, more: object = {}) => ({ status, body: { code, ...more } })

/** The refusal that names this one field. */
export const invalid = (path: string) => refusal(400, 'VALIDATION', { details: [{ path }] })

/** The refusal of a change to another version than the current one. */
export const outdated = (currentVersion: number) => refusal(412, 'VERSION_MISMATCH', { details: [{ currentVersion }] })
