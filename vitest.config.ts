import { defineConfig } from 'vitest/config'
import { TEST_LIMIT_MS, testFiles, WAIT_LIMIT_MS } from './test/support/scale.ts'
import { foldersLeftOut } from './test/system-tools.ts'

export default defineConfig({
  test: {
    include: testFiles(),
    exclude: ['node_modules/**', ...foldersLeftOut().map(folder => `${folder}/**`)],
    globalSetup: ['./test/system-tools.ts', './test/support/postgres-server.ts'],
    reporters: ['default', './test/summary-reporter.ts'],
    pool: 'forks',
    isolate: false, // to load the whole program anew for each file takes a third of the time, and nothing in it is shared
    maxWorkers: 2,
    maxConcurrency: 20, // tests that are concurrent mostly wait
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    expect: { poll: { timeout: WAIT_LIMIT_MS } },
    coverage: {
      provider: 'v8',
      include: [
        'app.ts',
        'server.ts',
        'server/**/*.ts',
        'features/**/*.ts',
        'domain/**/*.ts',
        'plugins/**/*.ts',
        'db/**/*.ts',
        'scripts/**/*.ts',
      ],
      reporter: ['text', 'html', 'json-summary'],
    },
  },
})
