import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  AddressRefused,
  FetchRefused,
  PUBLIC_INTERNET,
  safeFetcher,
  type FetchPolicy,
} from '../../features/imported-calendars/fetching.ts'
import { selfSigned } from '../support/certificate.ts'

const { key, cert } = selfSigned()
const NOT_PUBLIC = 'The address leads to a machine that is not on the public internet'
const MIB = 1024 * 1024

describe('safe fetching', () => {
  let server: Server
  let port: string
  let asked: IncomingMessage[]
  let serve: (req: IncomingMessage, res: ServerResponse) => unknown

  beforeAll(async () => {
    server = createServer({ key, cert }, (req, res) => {
      asked.push(req)
      serve(req, res)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    port = String((server.address() as AddressInfo).port)
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = []
    serve = (_req, res) => res.writeHead(200, { 'content-type': 'text/calendar' }).end('BEGIN:VCALENDAR')
  })

  /** Speaks to the test's own server alone, whatever name it is called by. */
  const trusting = (more: Partial<FetchPolicy> = {}) =>
    safeFetcher({
      ...PUBLIC_INTERNET,
      allows: address => address === '127.0.0.1',
      ports: ['', port],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      ca: cert,
      ...more,
    })
  const own = (path = '/') => `https://calendar.example.com:${port}${path}`
  const refusalOf = async (fetched: Promise<unknown>): Promise<FetchRefused> => {
    const error = await fetched.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(FetchRefused)
    return error as FetchRefused
  }

  describe('of the public internet alone', () => {
    const production = safeFetcher(PUBLIC_INTERNET)

    const notPublic = `
      127.0.0.1 2130706433 0x7f.1 127.1 0 127.0.0.1. [::1] [::] [::ffff:127.0.0.1] [::127.0.0.1]
      169.254.169.254 10.1.2.3 172.16.0.1 192.168.1.1 100.64.1.1 192.0.2.1 198.18.0.1 224.0.0.1
      255.255.255.255 [fe80::1] [fd00::1] [fec0::1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1]
      [2002:7f00:1::] [2001::1] [2001:db8::1] [::ffff:0:127.0.0.1] [4000::1]
    `
    it.each(notPublic.trim().split(/\s+/))('refuses the machine at https://%s', async host => {
      const refusal = await refusalOf(production(`https://${host}/private/basic.ics`))
      expect(refusal).toBeInstanceOf(AddressRefused)
      expect(refusal.message).toBe(NOT_PUBLIC)
    })

    it.each([
      ['plain http', 'http://calendar.example.com/', 'The address does not begin with https://'],
      ['a file', 'file:///etc/passwd', 'The address does not begin with https://'],
      ['a text', 'basic.ics', 'This is not an address'],
      ['a name', 'https://ada@calendar.example.com/', 'The address contains a user name or a password'],
      ['a password', 'https://:x@calendar.example.com/', 'The address contains a user name or a password'],
      ['port 22', 'https://calendar.example.com:22/', 'The address names a port other than 443 and 8443'],
      ['port 80', 'https://calendar.example.com:80/', 'The address names a port other than 443 and 8443'],
    ])('refuses %s', async (_what, url, message) => {
      const refusal = await refusalOf(production(url))
      expect(refusal).toBeInstanceOf(AddressRefused)
      expect(refusal.message).toBe(message)
    })

    it('refuses the name localhost, which means this machine', async () => {
      const refusal = await refusalOf(production('https://localhost:8443/'))
      expect(refusal).not.toBeInstanceOf(AddressRefused) // a name may mean another machine tomorrow
      expect(refusal.message).toBe(NOT_PUBLIC)
    })

    it.each([
      ['a private address', ['10.0.0.1']],
      ['a private address behind a public one', ['1.1.1.1', '10.0.0.1']],
      ['a mapped one', ['::ffff:169.254.169.254']],
      ['nothing at all', []],
      ['what is no address', ['localhost']],
    ])('refuses a name that means %s', async (_what, addresses) => {
      const resolve = async () => addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
      const refusal = await refusalOf(safeFetcher({ ...PUBLIC_INTERNET, resolve })('https://calendar.example.com/'))
      expect(refusal.message).toBe(NOT_PUBLIC)
    })

    it('connects to the address it has looked at, and looks a name up once', async () => {
      const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '10.0.0.1', family: 4 }]]
      let lookups = 0
      const fetch = trusting({ resolve: async () => answers[lookups++] ?? [] })
      expect(await fetch(own())).toMatchObject({ status: 'fresh' })
      expect([lookups, asked.length]).toEqual([1, 1])
      expect((await refusalOf(fetch(own()))).message).toBe(NOT_PUBLIC) // rebound
      expect(asked).toHaveLength(1)
    })
  })

  describe('when sent on', () => {
    const sendOn = (location: string | undefined, status = 302) => {
      serve = (_req, res) => res.writeHead(status, location === undefined ? {} : { location }).end()
    }

    it.each([
      ['https://127.0.0.2/', NOT_PUBLIC],
      ['https://[::ffff:169.254.169.254]/', NOT_PUBLIC],
      ['https://2130706434/', NOT_PUBLIC],
      ['http://calendar.example.com/', 'The address does not begin with https://'],
      ['https://calendar.example.com:22/', 'The address names a port other than 443 and 8443'],
      ['https://ada:x@calendar.example.com/', 'The address contains a user name or a password'],
      ['file:///etc/passwd', 'The address does not begin with https://'],
    ])('refuses to go to %s', async (location, why) => {
      sendOn(location)
      const refusal = await refusalOf(trusting()(own()))
      expect(refusal).not.toBeInstanceOf(AddressRefused)
      expect(refusal.message).toBe(`The server redirects to another address. ${why}`)
      expect(asked).toHaveLength(1)
    })

    it('refuses a name that means a private machine', async () => {
      sendOn('https://inside.example.com/')
      const resolve = async (host: string) => [
        { address: host.startsWith('inside') ? '10.0.0.1' : '127.0.0.1', family: 4 },
      ]
      expect((await refusalOf(trusting({ resolve })(own()))).message).toBe(NOT_PUBLIC)
    })

    it('goes on three times and not a fourth', async () => {
      let left = 3
      serve = (_req, res) =>
        left-- > 0
          ? res.writeHead(307, { location: `/${left}` }).end()
          : res.writeHead(200, { 'content-type': 'text/calendar' }).end('there')
      expect(await trusting()(own())).toMatchObject({ text: 'there' })
      left = 4
      expect((await refusalOf(trusting()(own()))).message).toBe('The server redirects more than 3 times')
    })

    it.each([[undefined], ['https://']])('refuses to be sent nowhere: %s', async location => {
      sendOn(location)
      expect((await refusalOf(trusting()(own()))).message).toBe('The server redirects without an address')
    })
  })

  describe('what is answered', () => {
    it('is the text, with what its server calls this version', async () => {
      const headers = { 'content-type': 'Text/Calendar; charset=utf-8', etag: 'W/"7"', 'last-modified': 'Mon' }
      serve = (_req, res) => res.writeHead(200, headers).end('\ufeffBEGIN:VCALENDAR ä')
      expect(await trusting()(own())).toEqual({
        status: 'fresh',
        text: 'BEGIN:VCALENDAR ä',
        etag: 'W/"7"',
        lastModified: 'Mon',
      })
      expect(asked[0]?.headers).not.toHaveProperty('if-none-match')
    })

    it('is only that nothing has changed, when the server says so', async () => {
      serve = (_req, res) => res.writeHead(304).end()
      expect(await trusting()(own(), { etag: '"7"', lastModified: 'Mon' })).toEqual({ status: 'unchanged' })
      expect(asked[0]?.headers).toMatchObject({ 'if-none-match': '"7"', 'if-modified-since': 'Mon' })
    })

    it.each([
      ['404', 404, 'text/calendar', 'The server answers 404'],
      ['500', 500, 'text/calendar', 'The server answers 500'],
      ['that it has not changed, since when nobody asked', 304, 'text/calendar', 'The server answers 304'],
      ['204', 204, 'text/calendar', 'The server answers 204'],
      ['a page', 200, 'text/html', 'The server answers with something that is not a calendar'],
      ['nobody knows what', 200, undefined, 'The server answers with something that is not a calendar'],
    ])('is refused when it is %s', async (_what, status, type, message) => {
      serve = (_req, res) => res.writeHead(status, type === undefined ? {} : { 'content-type': type }).end()
      expect((await refusalOf(trusting()(own()))).message).toBe(message)
    })

    it.each(['text/plain', 'application/octet-stream'])('may also be %s', async type => {
      serve = (_req, res) => res.writeHead(200, { 'content-type': type }).end('x')
      expect(await trusting()(own())).toMatchObject({ text: 'x' })
    })

    it('is cut at 5 MiB, however much the server goes on to send', async () => {
      let sent = 0
      serve = (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/calendar', 'content-length': 10_000_000_000 })
        const chunk = Buffer.alloc(MIB, 'x')
        const more = () => {
          while (!res.destroyed) {
            sent += 1
            if (!res.write(chunk)) return res.once('drain', more)
          }
          return res
        }
        more()
      }
      expect((await refusalOf(trusting()(own()))).message).toBe('The calendar is larger than 5 MiB')
      expect(sent).toBeLessThan(100)
    })

    it('is cut at 5 MiB of what was packed in little', async () => {
      const headers = { 'content-type': 'text/calendar', 'content-encoding': 'gzip' }
      serve = (_req, res) => res.writeHead(200, headers).end(gzipSync(Buffer.alloc(64 * MIB, 'x')))
      expect((await refusalOf(trusting()(own()))).message).toBe('The calendar is larger than 5 MiB')
      serve = (_req, res) => res.writeHead(200, headers).end(gzipSync('BEGIN:VCALENDAR'))
      expect(await trusting()(own())).toMatchObject({ text: 'BEGIN:VCALENDAR' })
      serve = (_req, res) => res.writeHead(200, headers).end('not packed')
      expect((await refusalOf(trusting()(own()))).message).toBe('The server does not answer as it should')
    })

    it.each([
      ['headers', () => undefined],
      [
        'bodies',
        (_req: IncomingMessage, res: ServerResponse) => {
          res.writeHead(200, { 'content-type': 'text/calendar' })
          const timer = setInterval(() => (res.destroyed ? clearInterval(timer) : res.write('x')), 20)
        },
      ],
      [
        'ways',
        (_req: IncomingMessage, res: ServerResponse) =>
          setTimeout(() => res.writeHead(302, { location: '/' }).end(), 100),
      ],
    ])('has a time for everything: slow %s are cut', async (_what, slowly) => {
      serve = slowly
      const { message } = await refusalOf(trusting({ timeoutMs: 250 })(own()))
      expect(message).toBe('The server takes longer than 0.25 seconds')
    })

    it('is refused from a server whose certificate nobody vouches for, or that is of another', async () => {
      const { ca: _, ...strict } = { ...PUBLIC_INTERNET, allows: () => true, ports: [port], ca: '' }
      const unknown = safeFetcher({ ...strict, resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
      const message = 'The certificate of the server cannot be trusted'
      expect((await refusalOf(unknown(own()))).message).toBe(message)
      expect((await refusalOf(trusting()(`https://other.example.com:${port}/`))).message).toBe(message)
      expect(asked).toHaveLength(0)
    })

    it('is refused in words that tell nothing of our network', async () => {
      const noSuch = async () =>
        Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND x'), { code: 'ENOTFOUND' }))
      expect((await refusalOf(trusting({ resolve: noSuch })(own()))).message).toBe('There is no server with that name')
      serve = req => req.socket.destroy()
      expect((await refusalOf(trusting()(own()))).message).toBe('The server does not answer as it should')
    })

    it('is given up with the reason of whoever gives it up', async () => {
      const closing = new AbortController()
      serve = () => closing.abort(new Error('closing'))
      await expect(trusting()(own(), { signal: closing.signal })).rejects.toThrow('closing')
    })
  })

  it('says where it comes from, and sends nothing else of ours', async () => {
    await trusting()(own('/private-4f1c/basic.ics'))
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/private-4f1c/basic.ics' })
    expect(asked[0]?.headers).toMatchObject({ host: `calendar.example.com:${port}`, 'user-agent': 'Panelist' })
    for (const name of ['authorization', 'cookie', 'referer']) expect(asked[0]?.headers).not.toHaveProperty(name)
  })
})
