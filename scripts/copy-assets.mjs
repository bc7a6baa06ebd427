// The last step of `npm run build`: what tsc leaves behind because it is not TypeScript, such as
// migrations (.sql), worker threads written in plain JavaScript (.mjs) and static files.
import { cpSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const NOT_ASSETS = new Set(['.ts', '.md'])
const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

for (const folder of ['db', 'domain', 'features', 'plugins']) {
  if (existsSync(join(root, folder))) {
    cpSync(join(root, folder), join(dist, folder), { recursive: true, filter: isAsset })
  }
}
if (!existsSync(join(dist, 'db/migrations'))) {
  throw new Error('db/migrations is missing: the server would start without its tables.')
}

// Its time says when the build was complete; scripts/quickstart.mjs compares it with the sources.
writeFileSync(join(dist, '.built'), '')

/** Files that are neither TypeScript nor documentation, and the folders that hold such a file. */
function isAsset(path) {
  if (!statSync(path).isDirectory()) return !NOT_ASSETS.has(extname(path))
  return readdirSync(path).some(name => isAsset(join(path, name)))
}
