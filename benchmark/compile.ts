import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** To JavaScript in `dist/benchmark`, as a loader would cost the baselines and the load generator time. */
export function compileBaselines(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const project = join(import.meta.dirname, 'tsconfig.json')
  execFileSync(process.execPath, [tsc, '-p', project, '--noCheck'], { stdio: 'inherit' }) // `npm run typecheck` checks them
}
