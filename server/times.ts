/** How long requests under way may take when the process is asked to end; then their connections are cut. */
export const GRACE_MS = 10_000
/** How long the whole end may take; what is left after those requests is for what is still to be written. */
export const END_MS = GRACE_MS + 5_000
