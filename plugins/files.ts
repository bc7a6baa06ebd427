/** For the `.catch` of reading a file or a folder: undefined where there is none; every other error goes through. */
export function whenGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
