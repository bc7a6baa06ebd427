import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { noticePage } from '../../scripts/docs/notice-page.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

it('F36 NOTICE names the licence of every package that a server runs on', () => {
  expect(read('NOTICE'), 'run: npm run docs:notice').toBe(noticePage())
  expect(read('NOTICE')).toMatch(/^MPL-2\.0\n.*\n {2}ical\.js \d/m)
})

it('F36 every image has an exact version, and every action a commit', () => {
  const workflows = readdirSync(new URL('../../.github/workflows', import.meta.url)).map(
    file => `.github/workflows/${file}`,
  )
  const named = (files: readonly string[], pattern: RegExp) =>
    files.flatMap(file => [...read(file).matchAll(pattern)].map(([, name = '']) => name))
  const matrix = named(workflows, /^ +node: \[(.*)\]$/gm).flatMap(versions => versions.split(', '))
  const images = [
    ...named(['Dockerfile'], /^FROM (\S+)/gm),
    ...named(['docker-compose.yml', ...workflows], /^ +(?:image|container): (.+)$/gm),
  ].flatMap(image => (image.includes('matrix.node') ? matrix.map(version => image.replace(/\$.*\}/, version)) : image))
  expect(images.length).toBeGreaterThan(6)
  expect(images.filter(image => !/:\d+\.\d+(\.\d+)?(-\w+(\.\w+)?)*(@sha256:[\da-f]{64})?$/.test(image))).toEqual([])
  const actions = named(workflows, /uses: (.*)$/gm)
  expect(actions.length).toBeGreaterThan(0)
  expect(actions.filter(action => !/@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([])
})

it('F36 a build says what it is made of, and the image takes that along', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
  expect(scripts['build']).toContain('npm sbom --sbom-format=cyclonedx --omit=dev --package-lock-only > dist/sbom.json')
  expect(read('Dockerfile')).toMatch(/^COPY --from=build .*\/app\/NOTICE .*$/m)
})
