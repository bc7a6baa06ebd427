import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { start, type Finished } from '../support/programs.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')
const BOOKING = ['interviewers:read', 'availability:read', 'events:write', 'audit:read']

describe('the examples', () => {
  let t: TestApp
  let url: string
  let tess: SignedIn

  beforeAll(async () => {
    t = await testApp()
    await makeDemoData(t.db, { seed: 1, interviewers: 12, events: 10 })
    url = await t.app.listen({ host: '127.0.0.1', port: 0 })
    tess = await t.signedIn('talent', 'Tess Talent')
  })
  afterAll(() => t.close())

  async function tokenFor(scopes: readonly string[]): Promise<string> {
    const payload = { name: 'Example', scopes }
    const { status, body } = await t.post('/api/tokens', payload, tess)
    expect(status).toBe(201)
    return body.secret
  }

  function example(name: string, args: readonly string[], env: Record<string, string>): Promise<Finished> {
    const command = name.endsWith('.sh') ? 'bash' : process.execPath
    const program = start(command, [join(EXAMPLES, name), ...args], { PANELIST_URL: url, PANELIST_TOKEN: '', ...env })
    program.process.stdin.end()
    return program.finished
  }

  describe('book-a-panel.mjs', () => {
    const book = (PANELIST_TOKEN: string, ...args: string[]) => example('book-a-panel.mjs', args, { PANELIST_TOKEN })

    test('books three people of two time zones with the scopes it names, shows the clash and the journal', async () => {
      const { end, stdout, stderr } = await book(await tokenFor(BOOKING), '--candidate', 'alan@example.com')
      expect(end, stderr).toBe(0)
      const [, id = ''] = /^Booked (\S+)\n/.exec(stdout) ?? []
      const { body: event } = await t.get(`/api/events/${id}`, tess)
      expect(event).toMatchObject({ status: 'scheduled', candidateEmail: 'alan@example.com' })
      const roles = event.panel.map(({ role }: { role: string }) => role)
      expect(roles.sort()).toEqual(['interviewer', 'interviewer', 'lead'])

      const zones = new Set<string>()
      for (const { interviewerId, name, role } of event.panel) {
        const { body } = await t.get(`/api/interviewers/${interviewerId}`, tess)
        zones.add(body.timezone)
        expect(stdout).toContain(`  ${name}, ${role}\n`)
        expect(stdout).toContain(`  ${name} is busy from ${event.startsAt} to ${event.endsAt}\n`)
      }
      expect(zones.size).toBe(2)
      for (const zone of zones) expect(stdout).toMatch(new RegExp(`^  \\d+ \\w+ \\d+, \\d\\d:\\d\\d ${zone}$`, 'm'))
      expect(stdout).toContain('is refused: EVENT_OVERLAP')
      expect(stdout).toContain('alan@example.com is busy')
      expect(stdout).toMatch(/The journal\n {2}\S+ create by Tess Talent, request \S+\n$/)
    })

    test('ends with a sentence and a code of its own when it was called wrongly', async () => {
      expect(await book('')).toMatchObject({
        end: 2,
        stdout: '',
        stderr: expect.stringContaining('PANELIST_TOKEN is not'),
      })
      expect(await book('x', '--days', '0')).toMatchObject({ end: 2, stderr: expect.stringContaining('1 to 62') })
      expect(await book('', '--help')).toMatchObject({ end: 0, stdout: expect.stringContaining('events:write') })
    })

    test('says when the token is worth nothing, and which scope it lacks', async () => {
      const unknown = await book(`pnl_${'A'.repeat(43)}`)
      expect(unknown).toMatchObject({
        end: 3,
        stdout: '',
        stderr: expect.stringMatching(/^The token is worth nothing/),
      })
      const less = await book(await tokenFor(BOOKING.filter(scope => scope !== 'events:write')))
      expect(less).toMatchObject({ end: 3, stdout: '', stderr: expect.stringContaining('events:write') })
    })

    test('waits as long as a busy server says, but not for ever', async () => {
      const asked: string[] = []
      const answers = [
        [503, '0'],
        [429, '0'],
        [429, '3600'],
      ] as const
      const busy = createServer((request, response) => {
        const [status, retryAfter] = answers[asked.length] ?? [500, '0']
        asked.push(`${request.method} ${request.url}`)
        response.writeHead(status, { 'retry-after': retryAfter, 'content-type': 'application/json' }).end('{}')
      })
      await once(busy.listen(0, '127.0.0.1'), 'listening')
      const { port } = busy.address() as AddressInfo
      const env = { PANELIST_URL: `http://127.0.0.1:${port}`, PANELIST_TOKEN: 'x' }
      const { end, stderr } = await example('book-a-panel.mjs', [], env)
      busy.close()
      await once(busy, 'close')
      expect(asked).toHaveLength(3)
      expect([end, stderr.trim().split('\n')]).toEqual([
        5,
        [
          'The server is busy (503); waiting 0 s.',
          'The server is busy (429); waiting 0 s.',
          'The server is busy (429); try again in 3600 s.',
        ],
      ])
      const gone = await example('book-a-panel.mjs', [], env)
      expect(gone).toMatchObject({ end: 5, stderr: expect.stringContaining(`Nobody answers at ${env.PANELIST_URL}`) })
    })
  })

  describe('export-week.sh', () => {
    const exported = (PANELIST_TOKEN: string, ...args: string[]) => example('export-week.sh', args, { PANELIST_TOKEN })

    test('writes the interviews of the days it is given, and nothing else', async () => {
      const { body } = await t.get('/api/events?sort=startsAt&limit=1', tess)
      const [first] = body.data
      const day = first.startsAt.slice(0, 10)
      const { end, stdout, stderr } = await exported(await tokenFor(['events:read']), day, `${day.slice(0, 8)}99`)
      expect([end, stdout]).toEqual([22, expect.stringContaining('VALIDATION')])
      expect(stderr).not.toContain('pnl_')
      const week = await exported(await tokenFor(['events:read']), day, '2999-01-01')
      expect(week).toMatchObject({ end: 0, stderr: '' })
      const rows: Record<string, string>[] = parse(week.stdout, { columns: true, bom: true })
      const { body: all } = await t.get('/api/events?limit=100', tess)
      expect(rows).toHaveLength(all.pagination.total)
      const none = await exported(await tokenFor(['events:read']), '1999-01-01', '1999-01-08')
      expect(none.stdout.trim().split('\n')).toHaveLength(1)
    })

    test('tries again when the server is busy, and writes nothing of what it said', async () => {
      let asked = 0
      const busy = createServer((_request, response) => {
        asked += 1
        const isFirst = asked === 1
        response
          .writeHead(isFirst ? 429 : 200, { 'retry-after': '0' })
          .end(isFirst ? '{"code":"BUSY"}' : 'id,title\r\n')
      })
      await once(busy.listen(0, '127.0.0.1'), 'listening')
      const { port } = busy.address() as AddressInfo
      const env = { PANELIST_URL: `http://127.0.0.1:${port}`, PANELIST_TOKEN: 'x' }
      const week = await example('export-week.sh', ['2030-03-04', '2030-03-11'], env)
      busy.close()
      expect(week).toMatchObject({ end: 0, stdout: 'id,title\r\n' })
      expect(asked).toBe(2)
    })

    test('says what is missing', async () => {
      expect(await exported('', '2030-03-04', '2030-03-11')).toMatchObject({
        end: 1,
        stderr: expect.stringContaining('PANELIST_TOKEN'),
      })
      expect(await exported('x')).toMatchObject({ end: 1, stderr: expect.stringContaining('the first day is missing') })
      const refused = await exported('x', '2030-03-04', '2030-03-11')
      expect(refused).toMatchObject({ end: 22, stdout: expect.stringContaining('UNAUTHORIZED') })
    })
  })
})
