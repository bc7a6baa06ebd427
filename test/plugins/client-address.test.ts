import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepOnlyAddresses, networkOf, siteOf } from '../../plugins/client-address.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'

describe('F10 of X-Forwarded-For', () => {
  const left = (said: string) => {
    const request = { headers: { 'x-forwarded-for': said } }
    keepOnlyAddresses(request as unknown as IncomingMessage)
    return request.headers['x-forwarded-for']
  }

  it.each([
    ['203.0.113.8', '203.0.113.8'],
    ['203.0.113.8:50001', '203.0.113.8'],
    ['203.0.113.8:500010', '203.0.113.8'], // no port, but no doubt about the address
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:203.0.113.8', '203.0.113.8'],
    ['192.0.2.1:1, [2001:db8::1]:443 ,10.1.0.3', '192.0.2.1, 2001:db8::1, 10.1.0.3'],
  ])('%s is %s', (said, address) => expect(left(said)).toBe(address))

  it.each([
    'unknown',
    '_hidden1',
    '',
    '1',
    '0x7f000001',
    '203.0.113.8:',
    '203.0.113.8:x',
    '[203.0.113.8',
    '<b>',
    'fe80::1%e',
  ])('“%s” is no address, and nothing that stands left of it is believed', said => {
    expect(left(said)).toBe('')
    expect(left(`192.0.2.1, ${said}`)).toBe('')
    expect(left(`192.0.2.1, ${said}, 10.1.0.3`)).toBe('10.1.0.3')
  })

  it('the networks of an address are the same however it is written', () => {
    expect(['203.0.113.8', '::ffff:203.0.113.8'].map(networkOf)).toEqual(['203.0.113.8', '203.0.113.8'])
    expect(['2001:db8:1:2::3', '2001:DB8:1:2:ffff::'].map(networkOf)).toEqual([
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
    ])
    expect(['2001:db8:1:2::3', '2001:db8:1:ffff::'].map(siteOf)).toEqual(['2001:db8:1::/48', '2001:db8:1::/48'])
    expect(siteOf('203.0.113.8')).toBe('203.0.113.8')
  })
})

describe('F10 behind a proxy', () => {
  let t: TestApp
  let admin: SignedIn
  beforeAll(async () => {
    t = await testApp({ TRUST_PROXY: '127.0.0.1', AUTH_RATE_LIMIT_MAX: '3', RATE_LIMIT_MAX: '5' })
    admin = await t.signedIn('admin')
  })
  afterAll(() => t.close())

  let made = 0
  const signIns = async (addresses: readonly string[]) => {
    const statuses: number[] = []
    for (const address of addresses) {
      const payload = { email: `nobody${++made}@example.com`, password: 'a wrong guess' }
      const headers = { 'x-forwarded-for': address }
      statuses.push((await t.post('/api/auth/login', payload, undefined, headers)).status)
    }
    return statuses
  }

  it.each([
    ['the ports of one client', ['203.0.113.8:50001', '203.0.113.8:50002', '203.0.113.8', '203.0.113.8:4']],
    ['the ports of an IPv6 client', ['[2001:db8::1]:1', '[2001:db8::1]:2', '2001:db8::1', '[2001:db8::1]']],
    ['the addresses of one /48', ['2001:db8:7::1', '2001:db8:7:1::1', '2001:db8:7:2::1', '2001:db8:7:3::1']],
    ['names that are no addresses', ['_hidden1', '_hidden2', 'unknown', '<script>']],
  ])('%s count as one in signing in', async (_what, addresses) => {
    expect(await signIns(addresses)).toEqual([401, 401, 401, 429])
  })

  it('other requests count by the /64', async () => {
    const ask = async (address: string) => (await t.get('/health', undefined, { 'x-forwarded-for': address })).status
    const statuses: number[] = []
    for (const last of [1, 2, 3, 4, 5, 6]) statuses.push(await ask(`[2001:db8:9:1::${last}]:${last}`))
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    expect(await ask('2001:db8:9:2::1')).toBe(200)
  })

  it('the journal and the sessions have addresses, and nothing that somebody wrote in place of one', async () => {
    const payload = { email: 'ada@example.com', password: 'violet harbor anchors 42', name: 'Ada Lovelace' }
    const headers = { 'x-forwarded-for': '_secret, 198.51.100.7:50001' }
    expect((await t.post('/api/auth/register', payload, undefined, headers)).status).toBe(201)
    await t.post('/api/interviewers', { name: 'Bo', email: 'bo@example.com' }, admin, { 'x-forwarded-for': '_hidden1' })
    const rows = await t.db.many<{ ip: string }>('SELECT DISTINCT ip FROM audit_logs ORDER BY ip LIMIT 100')
    expect(rows.map(({ ip }) => ip)).toEqual([
      '127.0.0.1',
      '198.51.100.7',
      '2001:db8:7:1::1',
      '2001:db8:7:2::1',
      '2001:db8:7::1',
      '2001:db8::1',
      '203.0.113.8',
    ])
    const sessions = await t.db.many(`SELECT ip, network FROM sessions WHERE ip IS NOT NULL LIMIT 10`)
    expect(sessions).toEqual([{ ip: '198.51.100.7', network: '198.51.100.7' }])
    expect(t.log.join('')).not.toMatch(/_hidden|_secret|50001|<script>/)
  })
})
