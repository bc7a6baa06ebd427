import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { scaled, WAIT_LIMIT_MS } from '../support/scale.ts'

/** A name of an intranet: plain HTTP, and not one of the addresses that browsers trust without it. */
const INTRANET = 'recruit.internal'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  `--host-resolver-rules=MAP ${INTRANET} 127.0.0.1`,
]

let t: TestApp
let staff: SignedIn
let browser: Browser
let port: number

beforeAll(async () => {
  t = await testApp()
  staff = await t.signedIn('talent', 'Tess Talent')
  await t.app.listen({ host: '127.0.0.1', port: 0 })
  port = (t.app.server.address() as AddressInfo).port
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS, timeout: WAIT_LIMIT_MS })
})
afterAll(async () => {
  await browser.close()
  await t.close()
})

interface Visit {
  readonly page: Page
  /** Errors and warnings of the console, and pages that broke. */
  readonly complaints: string[]
  /** Every address that was asked for. */
  readonly asked: string[]
}

async function open(host: string): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
  page.setDefaultTimeout(WAIT_LIMIT_MS)
  const complaints: string[] = []
  const asked: string[] = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('requestfailed', request => complaints.push(`${request.url()}: ${request.failure()?.errorText}`))
  page.on('request', request => asked.push(request.url()))
  await page.goto(`http://${host}:${port}/docs`)
  await page.locator('.opblock').first().waitFor()
  return { page, complaints, asked }
}

async function authorize(page: Page, token: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click()
  const dialog = page.locator('.dialog-ux')
  await dialog.locator('input').fill(token)
  await dialog.getByRole('button', { name: 'Apply credentials' }).click()
  await dialog.getByRole('button', { name: 'Close' }).click()
}

/** Opens an operation, fills it in, executes it, and tells the status and the body that the page shows. */
async function execute(page: Page, operationId: string, fill: { id?: string; body?: object }) {
  const block = page.locator(`.opblock[id$="-${operationId}"]`)
  await block.locator('.opblock-summary-control').click()
  if (fill.id !== undefined) await block.locator('input[placeholder^="id"]').fill(fill.id)
  if (fill.body) await block.locator('textarea.body-param__text').fill(JSON.stringify(fill.body))
  await block.getByRole('button', { name: 'Execute' }).click()
  const live = block.locator('.live-responses-table .response')
  await live.waitFor()
  const status = (await live.locator('.response-col_status').innerText()).trim().split(/\s/)[0]
  const body = await live.locator('.highlight-code code').first().innerText()
  return { status, body: JSON.parse(body) }
}

/** The name is the harder of the two: browsers trust the address without TLS. */
describe.each(['127.0.0.1', INTRANET].slice(scaled(1, 0)))('the documentation at http://%s', host => {
  test('lets staff sign in and do their work, without a complaint and without leaving the host', async () => {
    const { page, complaints, asked } = await open(host)
    const email = `${randomBytes(4).toString('hex')}@example.com`
    expect(await page.locator('.info .title').innerText()).toContain('Panelist')

    const stranger = await execute(page, 'listInterviewers', {})
    expect(stranger).toMatchObject({ status: '401', body: { code: 'UNAUTHORIZED' } })
    await expect.poll(() => complaints).toEqual([expect.stringContaining('401')])
    complaints.length = 0

    await authorize(page, staff.token)
    expect((await execute(page, 'listEvents', {})).status).toBe('200')
    // No parameter that nobody filled in, so that a list is the whole list.
    const sent = asked.filter(address => address.includes('/api/events')).map(address => new URL(address))
    expect(sent.map(({ search }) => search)).toEqual(['?limit=50'])
    const made = await execute(page, 'createInterviewer', { body: { name: 'Ada Lovelace', email } })
    expect(made).toMatchObject({ status: '201', body: { name: 'Ada Lovelace', email, version: 1 } })
    const read = await execute(page, 'getInterviewer', { id: made.body.id })
    expect(read).toEqual({ status: '200', body: made.body })

    const history = await t.call({ url: `/api/interviewers/${made.body.id}/history`, as: staff })
    expect(history.body.data).toMatchObject([{ action: 'create', actorName: 'Tess Talent' }])
    expect(complaints).toEqual([])
    expect(new Set(asked.map(address => new URL(address).host))).toEqual(new Set([`${host}:${port}`]))
    await page.screenshot({ path: join(tmpdir(), `panelist-docs-${host}.png`) })
    await page.close()
  })
})
