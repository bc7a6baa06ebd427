// `npm run docs:notice`: writes NOTICE.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noticePage } from './notice-page.ts'

writeFileSync(join(import.meta.dirname, '../../NOTICE'), noticePage())
