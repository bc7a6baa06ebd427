// `npm run docs:pictures`: takes the pictures of the page at /docs that the documents show.
import { join } from 'node:path'
import { Command } from 'commander'
import { chromium } from 'playwright-core'
import { runProgram } from '../command-line.ts'

const FOLDER = join(import.meta.dirname, '../../docs/guide/pictures')
const BROWSER = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] }
const INTERVIEWS = '#operations-tag-events'
/** Widths in CSS pixels: a desk, and a phone. */
const SIZES = [
  { width: 1280, height: 830 },
  { width: 375, height: 667 },
]

const program = new Command('docs:pictures')
  .description(
    'Takes pictures of what a running server offers for interviews at /docs, in the widths of a desk and a phone.',
  )
  .option('--url <address>', 'the address of the server', 'http://127.0.0.1:3000')
  .action(async ({ url }: { readonly url: string }) => {
    const browser = await chromium.launch(BROWSER)
    try {
      for (const viewport of SIZES) {
        const page = await browser.newPage({ viewport })
        await page.goto(`${url}/docs`)
        await page.locator(INTERVIEWS).waitFor()
        await page.evaluate(`document.querySelector('${INTERVIEWS}').scrollIntoView()`)
        await page.screenshot({ path: join(FOLDER, `interviews-${viewport.width}.png`) })
      }
    } finally {
      await browser.close()
    }
  })

await runProgram(program)
