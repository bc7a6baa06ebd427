import { readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Where a path leads when every link in it is followed, also where there is nothing yet: a link that points to nothing
 * leads to the place at which a file would be made through it. Throws when links lead in a circle.
 */
export function whereItLeads(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
  }
  const folder = whereItLeads(dirname(path))
  const link = linkAt(path)
  return link === undefined ? join(folder, basename(path)) : whereItLeads(resolve(folder, link))
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined // it is none, or there is nothing
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
