// `npm run docs:configuration`: writes docs/configuration.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { configurationPage } from './configuration-page.ts'

const FILE = join(import.meta.dirname, '../../docs/configuration.md')

writeFileSync(FILE, await format(configurationPage(), { ...(await resolveConfig(FILE)), parser: 'markdown' }))
