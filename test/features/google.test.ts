import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportPKCS8, generateKeyPair, importPKCS8, SignJWT, UnsecuredJWT } from 'jose'
import { JWKStore, OAuth2Server, type JWK } from 'oauth2-mock-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../features/google/index.ts'
import { testApp, type Answer, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { everythingKept } from '../support/tables.ts'

const CLIENT = { GOOGLE_CLIENT_ID: 'panelist.apps.example', GOOGLE_CLIENT_SECRET: 'the-client-secret-of-panelist' }
const PASSWORD = 'violet harbor anchors 42'
const CALLBACK = '/api/auth/google/callback'

type Claims = Record<string, unknown>
interface TokenAnswer {
  body: Record<string, unknown> | ''
  statusCode: number
}

/** The key of the provider, and that of a stranger: made once, as that takes long. */
let ownKey: JWK
let stranger: Awaited<ReturnType<typeof generateKeyPair>>
beforeAll(async () => {
  ownKey = await new JWKStore().generate('RS256')
  stranger = await generateKeyPair('RS512', { extractable: true })
})

describe.each(drivers)('signing in with Google on $name', driver => {
  const google = new OAuth2Server()
  let provider: IdentityProvider
  let t: TestApp
  /** Other instances of a test. */
  const opened: TestApp[] = []
  /** Stands between the program and one endpoint of the provider: that of the tokens, or that of the keys. */
  let between: Server
  let serve: (req: IncomingMessage, res: ServerResponse) => unknown
  let oddTokens: TestApp
  let oddKeys: TestApp

  beforeAll(async () => {
    await google.issuer.keys.add(ownKey)
    await google.start(0, '127.0.0.1')
    const base = `http://127.0.0.1:${google.address().port}`
    google.issuer.url = base
    provider = { issuer: base, authorization: `${base}/authorize`, token: `${base}/token`, jwks: `${base}/jwks` }
    between = createServer((req, res) => void serve(req, res))
    await new Promise<void>(resolve => between.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
    oddTokens = await testApp(CLIENT, driver, { identityProvider: { ...provider, token: url } })
    oddKeys = await testApp(CLIENT, driver, { identityProvider: { ...provider, jwks: url } })
    t = await testApp(CLIENT, driver, { identityProvider: provider })
  })
  afterAll(async () => {
    for (const one of [t, oddTokens, oddKeys]) await one.close()
    between.closeAllConnections()
    between.close()
    await google.stop()
  })

  /** What the token endpoint itself answers to a request. */
  async function relayed(req: IncomingMessage): Promise<Claims> {
    const { authorization = '', 'content-type': type = '' } = req.headers
    const headers = { authorization, 'content-type': type }
    const answer = await fetch(provider.token, { method: 'POST', headers, body: await text(req) })
    return (await answer.json()) as Claims
  }

  /** What the provider says of whoever signs in; a claim that is undefined is left out. */
  let said: Claims
  let forge: (answer: TokenAnswer) => void
  let verifiers: string[]
  /** Everything that no log may show. */
  let secrets: string[]
  beforeEach(() => {
    said = {}
    forge = () => undefined
    verifiers = []
    secrets = [CLIENT.GOOGLE_CLIENT_SECRET, Buffer.from(Object.values(CLIENT).join(':')).toString('base64')]
    google.service.on('beforeTokenSigning', ({ payload }: { payload: Claims }, req) => {
      Object.assign(payload, said)
      verifiers.push(String(req.body.code_verifier))
    })
    google.service.on('beforeResponse', (answer: TokenAnswer) => {
      if (answer.body !== '') secrets.push(String(answer.body['id_token']), String(answer.body['access_token']))
      forge(answer)
    })
  })
  afterEach(async () => {
    google.service.removeAllListeners()
    for (const one of opened.splice(0)) await one.close()
  })

  async function instance(environment: Record<string, string> = {}, identityProvider = provider): Promise<TestApp> {
    const app = await testApp({ ...CLIENT, ...environment }, driver, { identityProvider })
    opened.push(app)
    return app
  }

  let made = 0
  const person = (more: Claims = {}): Claims => {
    made += 1
    const email = `person-${made}@example.com`
    return { sub: `1000${made}`, email, email_verified: true, name: `Person ${made}`, ...more }
  }

  /** A browser on its way: the page it is sent to, and the cookies it was given. */
  async function begin(app = t) {
    const answer = await app.get('/api/auth/google')
    expect(answer.status).toBe(302)
    const page = new URL(String(answer.headers['location']))
    const cookies = [answer.headers['set-cookie'] ?? []].flat().map(String)
    const cookie = cookies.map(one => one.split(';')[0]).join('; ')
    secrets.push(page.searchParams.get('state') ?? '', ...cookies.map(one => one.split(/[=;]/)[1] ?? ''))
    return { page, cookies, cookie }
  }

  /** The address the provider's page leads back to. */
  async function back(page: URL): Promise<string> {
    const answer = await fetch(page, { redirect: 'manual' })
    const { pathname, searchParams } = new URL(answer.headers.get('location') ?? '')
    secrets.push(searchParams.get('code') ?? '')
    const more = { scope: 'email profile openid', authuser: '0', prompt: 'consent', hd: 'x' }
    for (const [name, value] of Object.entries(more)) searchParams.set(name, value)
    return `${pathname}?${searchParams.toString()}`
  }

  /** The whole way. */
  async function signIn(claims: Claims, app = t): Promise<Answer> {
    said = claims
    const { page, cookie } = await begin(app)
    return app.get(await back(page), undefined, { cookie })
  }

  const journal = (id: string, app = t) =>
    app.db.many<{ action: string; entityType: string; actorId: string | null; changes: string; reason: string | null }>(
      `SELECT action, entity_type AS "entityType", actor_id AS "actorId", changes, reason FROM audit_logs
       WHERE actor_id = :id OR entity_id = :id ORDER BY id LIMIT 100`,
      { id },
    )
  const count = async (from: string, params: Record<string, string> = {}, app = t) =>
    (await app.db.one<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, params))?.n
  const me = ({ body }: Answer) =>
    t.get(`/api/users/${body.user.id}`, undefined, { authorization: `Bearer ${body.accessToken}` })
  const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
    t.post(url, payload, undefined, headers)
  /** An account that an admin has made. */
  const account = async (email: string) => {
    const payload = { email, password: PASSWORD, name: 'Made By Admin' }
    const { body } = await t.post('/api/users', payload, await t.signedIn('admin'))
    return body.id as string
  }
  const nothingLogged = (app = t) => {
    const log = app.log.join('')
    for (const secret of secrets.filter(one => one !== '')) expect(log).not.toContain(secret)
  }

  describe('google refuses', () => {
    const now = () => Math.floor(Date.now() / 1000)
    const ours = CLIENT.GOOGLE_CLIENT_ID

    it.each<[string, () => Claims]>([
      ['of another issuer', () => ({ iss: 'https://accounts.example' })],
      ['without an issuer', () => ({ iss: undefined })],
      ['for another program', () => ({ aud: 'another.apps.example' })],
      ['for nobody', () => ({ aud: undefined })],
      ['for this program and another', () => ({ aud: [ours, 'another.apps.example'], azp: ours })],
      ['for this program, asked for by another', () => ({ aud: [ours], azp: 'another.apps.example' })],
      ['that has expired', () => ({ exp: now() - 60 })],
      ['that never expires', () => ({ exp: undefined })],
      ['that expires at a text', () => ({ exp: 'tomorrow' })],
      ['of the future', () => ({ iat: now() + 120 })],
      ['of an hour ago', () => ({ iat: now() - 3600 })],
      ['of no time', () => ({ iat: undefined })],
      ['without a nonce', () => ({ nonce: undefined })],
      ['with another nonce', () => ({ nonce: 'another' })],
      ['of nobody', () => ({ sub: undefined })],
      ['of somebody without a name for Google', () => ({ sub: '' })],
      ['of a subject that is a number', () => ({ sub: 5 })],
    ])('an id_token %s', async (_what, change) => {
      const before = await count('users')
      const answer = await signIn(person(change()))
      expect(answer.body).toMatchObject({ statusCode: 401, code: 'INVALID_ID_TOKEN' })
      expect(answer.body.message).toBe('What Google said of you cannot be trusted; begin again')
      expect(t.log.join('')).toContain('an id_token was refused')
      expect(await count('users')).toBe(before)
      nothingLogged()
    })

    const claimsOf = (token: unknown) =>
      JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Claims
    const resigned = (token: unknown, alg: string, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT(claimsOf(token)).setProtectedHeader({ alg, kid: google.issuer.keys.toJSON()[0]?.kid ?? '' }).sign(key)
    const publicKey = () => Buffer.from(JSON.stringify(google.issuer.keys.toJSON()))
    const keyFor = async (alg: string) => importPKCS8(await exportPKCS8(stranger.privateKey), alg)
    it.each<[string, (token: unknown) => unknown]>([
      ['with another key', async token => resigned(token, 'RS256', await keyFor('RS256'))],
      ['with another algorithm', async token => resigned(token, 'RS512', stranger.privateKey)],
      ['with the client’s secret', token => resigned(token, 'HS256', Buffer.from(CLIENT.GOOGLE_CLIENT_SECRET))],
      ['with the public key as a secret', token => resigned(token, 'HS256', publicKey())],
      ['by nobody', token => new UnsecuredJWT(claimsOf(token)).encode()],
      ['by breaking another', token => `${String(token).slice(0, -6)}AAAAAA`],
      ['without any form', () => 'not a token'],
    ])('an id_token made %s', async (_what, sign) => {
      serve = async (req, res) => {
        const answer = await relayed(req)
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify({ ...answer, id_token: await sign(answer['id_token']) }))
      }
      expect((await signIn(person(), oddTokens)).body).toMatchObject({ statusCode: 401, code: 'INVALID_ID_TOKEN' })
      expect(oddTokens.log.join('')).toContain('an id_token was refused')
      expect(await count('users', {}, oddTokens)).toBe(0)
      nothingLogged(oddTokens)
    })

    it.each<[string, Claims]>([
      ['is not verified', { email_verified: false }],
      ['is said to be verified in words', { email_verified: 'true' }],
      ['nothing is said of', { email_verified: undefined }],
      ['is missing', { email: undefined }],
      ['is none', { email: 'not an address' }],
    ])('somebody whose address %s', async (_what, change) => {
      expect((await signIn(person(change))).body).toMatchObject({ statusCode: 403, code: 'EMAIL_NOT_VERIFIED' })
    })

    it('a disabled account, linked or not, and tells the journal', async () => {
      const claims = person()
      const { id } = (await signIn(claims)).body.user
      const unlinked = person()
      const other = await account(String(unlinked['email']))
      await t.db.run(`UPDATE users SET status = 'disabled' WHERE id IN (:id, :other)`, { id, other })
      for (const [one, whose] of [
        [claims, id],
        [unlinked, other],
      ] as const) {
        expect((await signIn(one)).body).toMatchObject({ statusCode: 403, code: 'ACCOUNT_DISABLED' })
        expect((await journal(whose)).at(-1)).toMatchObject({
          action: 'login_failed',
          actorId: null,
          reason: 'This account is disabled; an admin can change that',
        })
      }
      expect(await count('identities WHERE user_id = :other', { other })).toBe(0)
    })

    it('a second Google account for one account', async () => {
      const claims = person()
      const { id } = (await signIn(claims)).body.user
      const answer = await signIn({ ...claims, sub: 'somebody else' })
      expect(answer.body).toMatchObject({ statusCode: 403, code: 'ALREADY_LINKED' })
      expect((await journal(id)).at(-1)).toMatchObject({ action: 'login_failed', entityType: 'user' })
      expect((await signIn(claims)).body.user.id).toBe(id)
    })

    it('strangers where registration is closed, but not those who have an account', async () => {
      const closed = await instance({ REGISTRATION: 'closed' })
      const claims = person()
      expect((await signIn(claims, closed)).body).toMatchObject({ statusCode: 403, code: 'REGISTRATION_CLOSED' })
      expect(await count('users', {}, closed)).toBe(0)
      await closed.db.run(`INSERT INTO users (id, email, name) VALUES ('known', :email, 'Known')`, {
        email: String(claims['email']),
      })
      expect((await signIn(claims, closed)).body.user.id).toBe('known')
    })

    it('everybody where it is not set up, and says what is missing', async () => {
      const without = await testApp({}, driver)
      opened.push(without)
      for (const url of ['/api/auth/google', `${CALLBACK}?code=x&state=y`]) {
        const { body } = await without.get(url)
        expect(body).toMatchObject({ statusCode: 404, code: 'GOOGLE_NOT_CONFIGURED' })
        expect(body.message).toContain('GOOGLE_CLIENT_ID')
      }
    })

    it('HEAD, which would begin a session that nobody learns of', async () => {
      const { statusCode, headers } = await t.app.inject({ method: 'HEAD', url: CALLBACK })
      expect([statusCode, headers.allow]).toEqual([405, 'GET'])
    })

    it('too many attempts from one address', async () => {
      const limited = await instance({ AUTH_RATE_LIMIT_MAX: '2' })
      for (let i = 0; i < 2; i++) expect((await limited.get('/api/auth/google')).status).toBe(302)
      expect((await limited.get(CALLBACK)).body.code).toBe('RATE_LIMITED')
    })
  })

  describe('the way out', () => {
    it('asks for name and address, with state, a challenge and a nonce, each new each time', async () => {
      const [one, other] = [(await begin()).page, (await begin()).page]
      expect(`${one.origin}${one.pathname}`).toBe(provider.authorization)
      expect(Object.fromEntries(one.searchParams)).toEqual({
        response_type: 'code',
        client_id: CLIENT.GOOGLE_CLIENT_ID,
        redirect_uri: `http://127.0.0.1:3000${CALLBACK}`,
        scope: 'openid email profile',
        state: expect.stringMatching(/^[\w-]{22}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: 'S256',
        nonce: expect.stringMatching(/^[\w-]{43}$/),
      })
      for (const name of ['state', 'code_challenge', 'nonce'])
        expect(one.searchParams.get(name)).not.toBe(other.searchParams.get(name))
    })

    it('gives cookies that scripts cannot read, for these routes alone and for ten minutes', async () => {
      expect((await begin()).cookies.map(cookie => cookie.replace(/=[\w-]+;/, '=…;'))).toEqual([
        'google-state=…; Max-Age=600; Path=/api/auth/google; HttpOnly; SameSite=Lax',
        'google-verifier=…; Max-Age=600; Path=/api/auth/google; HttpOnly; SameSite=Lax',
      ])
    })

    it('leads back to PUBLIC_URL, and has Secure cookies where that is https', async () => {
      const secure = await instance({ PUBLIC_URL: 'https://panelist.example/' })
      const { page, cookies, cookie } = await begin(secure)
      expect(page.searchParams.get('redirect_uri')).toBe(`https://panelist.example${CALLBACK}`)
      for (const one of cookies) expect(one).toMatch(/^__Secure-google-.*; HttpOnly; Secure; SameSite=Lax$/)
      said = person()
      expect((await secure.get(await back(page), undefined, { cookie })).status).toBe(200)
    })

    it('is open while nobody answers at the provider, as is the start of the program', async () => {
      const nowhere = 'http://127.0.0.1:1'
      const endpoints = { authorization: `${nowhere}/a`, token: `${nowhere}/t`, jwks: `${nowhere}/j` }
      const alone = await instance({}, { issuer: nowhere, ...endpoints })
      const { page, cookie } = await begin(alone)
      const state = page.searchParams.get('state') ?? ''
      const answer = await alone.get(`${CALLBACK}?code=some-code&state=${state}`, undefined, { cookie })
      expect(answer.body).toMatchObject({ statusCode: 503, code: 'IDENTITY_PROVIDER_UNAVAILABLE' })
      expect(answer.headers['retry-after']).toBe('10')
      expect(alone.log.join('')).toContain('ECONNREFUSED')
      expect(alone.log.join('')).not.toContain('some-code')
      nothingLogged(alone)
    })
  })

  describe('the way back', () => {
    it('answers a session, is kept by nobody, and takes the cookies away', async () => {
      const answer = await signIn(person())
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({
        user: expect.objectContaining({ role: 'interviewer', status: 'active', version: 1 }),
        accessToken: expect.any(String),
        refreshToken: expect.stringMatching(/^[\w-]{43}$/),
        tokenType: 'Bearer',
        expiresIn: 900,
      })
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['set-cookie']).toEqual([
        expect.stringMatching(/^google-state=; Max-Age=0; Path=\/api\/auth\/google;/),
        expect.stringMatching(/^google-verifier=; Max-Age=0; Path=\/api\/auth\/google;/),
      ])
      expect((await me(answer)).body).toEqual(answer.body.user)
      expect((await post('/api/auth/refresh', { refreshToken: answer.body.refreshToken })).status).toBe(200)
    })

    it('proves with the code that it is the browser that began', async () => {
      const { page, cookie } = await begin()
      said = person()
      expect((await t.get(await back(page), undefined, { cookie })).status).toBe(200)
      const [verifier = ''] = verifiers
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      expect(challenge).toBe(page.searchParams.get('code_challenge'))
    })

    it('is refused to a browser that did not begin, whatever cookies it brings', async () => {
      const [mine, theirs] = [await begin(), await begin()]
      const url = await back(mine.page)
      said = person()
      const [state, verifier] = mine.cookie.split('; ')
      for (const headers of [
        {},
        { cookie: theirs.cookie },
        { cookie: state ?? '' },
        { cookie: verifier ?? '' },
        { cookie: 'google-state=; google-verifier=' },
      ]) {
        const answer = await t.get(url, undefined, headers)
        expect(answer.body).toMatchObject({ statusCode: 400, code: 'OAUTH_STATE' })
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
      expect((await t.get(url, undefined, { cookie: mine.cookie })).status).toBe(200)
    })

    it.each(['', '?code=x', '?code=x&state=', '?state=x', '?error=access_denied'])('is refused for %j', async query => {
      const { cookie } = await begin()
      const answer = await t.get(`${CALLBACK}${query}`, undefined, { cookie })
      expect(answer.body).toMatchObject({ statusCode: 400, code: 'OAUTH_STATE' })
    })

    it('works once: the browser has lost its cookies, and who has kept them finds the code used', async () => {
      said = person()
      const { page, cookie } = await begin()
      const url = await back(page)
      expect((await t.get(url, undefined, { cookie })).status).toBe(200)
      expect((await t.get(url)).body.code).toBe('OAUTH_STATE')
      expect((await t.get(url, undefined, { cookie })).body).toMatchObject({ statusCode: 400, code: 'OAUTH_CODE' })
      expect((await t.get(url.replace(/code=[^&]*&?/, ''), undefined, { cookie })).body.code).toBe('OAUTH_CODE')
    })

    it.each([
      ['access_denied', 403, 'OAUTH_DENIED'],
      ['invalid_scope', 403, 'OAUTH_DENIED'],
      ['temporarily_unavailable', 503, 'IDENTITY_PROVIDER_UNAVAILABLE'],
    ])('tells of the provider’s %s', async (error, statusCode, code) => {
      const { page, cookie } = await begin()
      const state = page.searchParams.get('state') ?? ''
      const url = `${CALLBACK}?error=${error}&error_description=No%20way&state=${state}`
      expect((await t.get(url, undefined, { cookie })).body).toMatchObject({ statusCode, code })
    })

    it.each<[string, TokenAnswer, number, string]>([
      ['does not take the code', { statusCode: 400, body: { error: 'invalid_grant' } }, 400, 'OAUTH_CODE'],
      ['does not know this program', { statusCode: 401, body: { error: 'invalid_client' } }, 503, 'UNAVAILABLE'],
      ['fails', { statusCode: 500, body: { error: 'server_error' } }, 503, 'UNAVAILABLE'],
      ['is overrun', { statusCode: 429, body: {} }, 503, 'UNAVAILABLE'],
      ['gives no id_token', { statusCode: 200, body: { access_token: 'x' } }, 503, 'UNAVAILABLE'],
      ['gives a number for an id_token', { statusCode: 200, body: { id_token: 5 } }, 503, 'UNAVAILABLE'],
      ['gives nothing', { statusCode: 200, body: '' }, 503, 'UNAVAILABLE'],
    ])('tells of a token endpoint that %s', async (_what, wanted, statusCode, code) => {
      forge = answer => void Object.assign(answer, wanted)
      const { body } = await signIn(person())
      expect(body).toMatchObject({ statusCode, code: expect.stringMatching(new RegExp(`${code}$`)) })
      nothingLogged()
    })

    it.each<[string, (req: IncomingMessage, res: ServerResponse) => unknown]>([
      ['a page', (_req, res) => res.setHeader('content-type', 'text/html').end('<html>leaked</html>')],
      ['broken JSON', (_req, res) => res.setHeader('content-type', 'application/json').end('{"id_token":"leaked')],
      ['a redirect', (_req, res) => res.writeHead(302, { location: provider.jwks }).end()],
      ['another thing', (_req, res) => res.setHeader('content-type', 'application/json').end('["leaked"]')],
      ['half of it', (_req, res) => res.writeHead(200, { 'content-length': '99' }).write('{"id_token":"leaked')],
      ['an error', (_req, res) => res.writeHead(500).end('leaked')],
    ])('tells of a provider that answers %s, and logs nothing of it', async (what, answer) => {
      serve = (req, res) => {
        answer(req, res)
        if (what === 'half of it') setTimeout(() => res.destroy(), 50)
      }
      for (const odd of [oddTokens, oddKeys]) {
        const { body, headers } = await signIn(person(), odd)
        expect(body).toMatchObject({ statusCode: 503, code: 'IDENTITY_PROVIDER_UNAVAILABLE' })
        expect(headers['retry-after']).toBe('10')
        expect(odd.log.join('')).not.toContain('leaked')
        nothingLogged(odd)
      }
    })

    it('waits a few seconds for a provider that says nothing', async () => {
      serve = () => undefined
      const answers = await Promise.all([oddTokens, oddKeys].map(odd => signIn(person(), odd)))
      expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'IDENTITY_PROVIDER_UNAVAILABLE'))
    })
  })

  describe('whose account it is', () => {
    it('makes one for somebody new, and tells the journal of the account, the link and the session', async () => {
      const claims = person({ email: 'Ada.New@Example.com', name: ' Ada\u0000\tLovelace\u202e \ud800' })
      const { user } = (await signIn(claims)).body
      expect(user).toMatchObject({ email: 'Ada.New@Example.com', name: 'Ada Lovelace \uFFFD', role: 'interviewer' })
      const rows = await journal(user.id)
      expect(rows.map(({ action, entityType, actorId }) => [action, entityType, actorId])).toEqual([
        ['register', 'user', user.id],
        ['link', 'user', user.id],
        ['login', 'session', user.id],
      ])
      expect(JSON.parse(rows[1]?.changes ?? '')).toEqual({
        provider: { from: null, to: 'google' },
        subject: { from: null, to: claims['sub'] },
      })
      const row = 'SELECT password_hash AS hash, email_verified AS verified FROM users WHERE id = :id'
      expect(await t.db.one(row, { id: user.id })).toEqual({ hash: null, verified: 1 })
      expect((await post('/api/auth/login', { email: user.email, password: PASSWORD })).status).toBe(401)
    })

    it.each<[string, unknown, string]>([
      ['too long', '😀'.repeat(200), '😀'.repeat(120)],
      ['missing', undefined, 'nameless'],
      ['blank', ' \n ', 'nameless'],
      ['no text', { given: 'Ada' }, 'nameless'],
    ])('finds a name where Google’s is %s', async (what, name, expected) => {
      const email = `nameless@${what.replace(' ', '-')}.example`
      expect((await signIn(person({ email, name }))).body.user.name).toBe(expected)
    })

    it('is the same at the next sign-in, whatever the address and the name are by then', async () => {
      const claims = person()
      const first = (await signIn(claims)).body.user
      const other = await account('taken-by-now@example.com')
      const again = (await signIn({ ...claims, email: 'taken-by-now@example.com', name: 'Another' })).body.user
      expect(again).toMatchObject({ id: first.id, email: first.email, name: first.name })
      expect(again.lastLoginAt >= first.lastLoginAt).toBe(true)
      expect(await count('identities WHERE user_id = :other', { other })).toBe(0)
      expect((await journal(first.id)).map(({ action }) => action)).toEqual(['register', 'link', 'login', 'login'])
    })

    it('is the one with that address, in whatever case, which keeps its password and its sessions', async () => {
      const claims = person({ email: 'Grace@Example.com' })
      const id = await account('grace@example.COM')
      const session = await post('/api/auth/login', { email: 'grace@example.com', password: PASSWORD })
      const { user } = (await signIn(claims)).body
      expect(user).toMatchObject({ id, email: 'grace@example.COM', name: 'Made By Admin' })
      expect((await me(session)).status).toBe(200)
      expect((await post('/api/auth/login', { email: 'grace@example.com', password: PASSWORD })).status).toBe(200)
      expect((await journal(id)).map(({ action }) => action)).toEqual(['create', 'login', 'link', 'login', 'login'])
      expect(await count('identities WHERE user_id = :id', { id })).toBe(1)
    })

    /** A second instance on the database of the first. */
    const twinOf = async (first: TestApp) => {
      const twin = await instance({ DATABASE_URL: first.config.DATABASE_URL })
      opened.unshift(...opened.splice(-1)) // closed before the first one's database goes
      return twin
    }

    it('is one, of many simultaneous first sign-ins', async () => {
      const one = await instance()
      // Two SQLite instances in one process would make its only thread wait for itself.
      const other = driver.name === 'postgres' ? await twinOf(one) : one
      for (let round = 1; round <= 3; round++) {
        said = person()
        const ways = []
        for (const app of [one, other, one, other, one, other]) {
          const { page, cookie } = await begin(app)
          ways.push({ app, url: await back(page), headers: { cookie } })
        }
        const answers = await Promise.all(ways.map(({ app, ...request }) => app.call(request)))
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
        expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1)
        expect([await count('users', {}, one), await count('identities', {}, one)]).toEqual([round, round])
      }
    })

    // Another instance's transaction is under way, which on SQLite would be another process.
    const itOnPostgres = driver.name === 'postgres' ? it : () => undefined
    itOnPostgres('is the one that was made while this one was being made', async () => {
      const claims = person()
      const turn = new EventEmitter()
      const [entered, leave] = [once(turn, 'entered'), once(turn, 'leave')]
      const rival = await instance()
      const twin = await twinOf(rival)
      const making = rival.db.transaction(async tx => {
        const email = String(claims['email'])
        await tx.run(`INSERT INTO users (id, email, name) VALUES ('rival', :email, 'Rival')`, { email })
        turn.emit('entered')
        await leave
      })
      await entered
      const answering = signIn(claims, twin)
      const waiting = `pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
      await expect.poll(() => count(waiting, {}, rival)).toBe(1)
      turn.emit('leave')
      await making
      expect((await answering).body.user.id).toBe('rival')
      expect(await count('users', {}, rival)).toBe(1)
    })

    it('forgets the link with the account', async () => {
      const claims = person()
      const first = (await signIn(claims)).body.user
      await t.db.run('DELETE FROM users WHERE id = :id', { id: first.id })
      expect(await count('identities WHERE user_id = :id', { id: first.id })).toBe(0)
      expect((await signIn(claims)).body.user.id).not.toBe(first.id)
    })
  })

  describe('an account whose address nobody has proven', () => {
    /** Somebody registers with the address of another, and waits. */
    async function registered(email: string) {
      const answer = await post('/api/auth/register', { email, password: PASSWORD, name: 'Mallory' })
      expect(answer.status).toBe(201)
      const { id } = answer.body.user
      await t.db.run(
        `INSERT INTO api_tokens (id, user_id, name, hash, scopes) VALUES (:id, :id, 'Waiting', :id, '[]')`,
        { id },
      )
      return answer
    }

    it('is its owner’s alone once they come: password, sessions and API tokens of whoever registered end', async () => {
      const claims = person()
      const mallory = await registered(String(claims['email']))
      const { id } = mallory.body.user
      const owner = await signIn(claims)
      expect(owner.body.user.id).toBe(id)
      expect((await me(mallory)).status).toBe(401)
      const refreshed = await post('/api/auth/refresh', { refreshToken: mallory.body.refreshToken })
      expect(refreshed.body.code).toBe('INVALID_REFRESH_TOKEN')
      const login = await post('/api/auth/login', { email: String(claims['email']), password: PASSWORD })
      expect(login.body.code).toBe('INVALID_CREDENTIALS')
      expect(await count('api_tokens WHERE user_id = :id', { id })).toBe(0)
      expect((await me(owner)).status).toBe(200)
      const linked = (await journal(id)).find(({ action }) => action === 'link')
      expect(JSON.parse(linked?.changes ?? '')).toMatchObject({ password: { from: null, to: 'removed' } })
    })

    it('keeps everything while the owner is refused', async () => {
      const claims = person()
      const mallory = await registered(String(claims['email']))
      expect((await signIn({ ...claims, email_verified: false })).body.code).toBe('EMAIL_NOT_VERIFIED')
      expect((await me(mallory)).status).toBe(200)
      expect((await journal(mallory.body.user.id)).at(-1)).toMatchObject({ action: 'login_failed', actorId: null })
    })

    it('is proven when an admin sets another address, and not by another name', async () => {
      const proven = async (id: string) =>
        (await t.db.one<{ v: number }>('SELECT email_verified AS v FROM users WHERE id = :id', { id }))?.v
      const claims = person()
      const { body } = await registered(`before-${made}@example.com`)
      const { id } = body.user
      const as = await t.signedIn('admin')
      const change = (payload: object) => t.put(`/api/users/${id}`, payload, as)
      await change({ name: 'Another' })
      expect(await proven(id)).toBe(0)
      await change({ email: claims['email'] })
      expect(await proven(id)).toBe(1)
      expect((await signIn(claims)).body.user.id).toBe(id)
      expect((await post('/api/auth/login', { email: String(claims['email']), password: PASSWORD })).status).toBe(200)
    })
  })

  describe('GOOGLE_ALLOWED_DOMAINS', () => {
    it.each<[string, string | null, (readonly [string, string | undefined, boolean])[]]>([
      [
        'Example.com',
        'example.com',
        [
          ['ada@EXAMPLE.com', 'example.com', true],
          ['grace@example.org', 'example.com', false],
          ['grace@mail.example.com', 'example.com', false],
          ['grace@notexample.com', 'example.com', false],
          ['grace@example.com', 'example.org', false],
          ['grace@example.com', undefined, false], // a personal account, made of a mailbox that somebody once had
        ],
      ],
      ['example.com, example.org', null, [['ada@example.org', 'Example.com', true]]],
      ['gmail.com', null, [['ada@gmail.com', undefined, true]]],
    ])('as %s asks for hd=%s and lets in whom it should', async (domains, hint, people) => {
      const limited = await instance({ GOOGLE_ALLOWED_DOMAINS: domains })
      expect((await begin(limited)).page.searchParams.get('hd')).toBe(hint)
      for (const [email, hd, allowed] of people) {
        const { body } = await signIn(person({ email, hd }), limited)
        if (allowed) expect(body.user.email).toBe(email)
        else expect(body, `${email} of ${hd}`).toMatchObject({ statusCode: 403, code: 'DOMAIN_NOT_ALLOWED' })
      }
      expect(await count('users', {}, limited)).toBe(1)
    })

    it('holds for those who are linked already, and the journal says so', async () => {
      const limited = await instance({ GOOGLE_ALLOWED_DOMAINS: 'example.com' })
      const claims = person({ hd: 'example.com' })
      const { id } = (await signIn(claims, limited)).body.user
      const left = { ...claims, email: 'ada@elsewhere.example', hd: undefined }
      expect((await signIn(left, limited)).body.code).toBe('DOMAIN_NOT_ALLOWED')
      expect((await journal(id, limited)).at(-1)).toMatchObject({
        action: 'login_failed',
        reason: 'Accounts of this organisation cannot sign in here',
      })
    })
  })

  it('leaves nothing secret in the log or the database', async () => {
    const answer = await signIn(person())
    secrets.push(answer.body.accessToken, answer.body.refreshToken)
    expect(secrets.filter(secret => secret !== '').length).toBeGreaterThan(8)
    nothingLogged()
    const kept = await everythingKept(t)
    for (const secret of secrets.filter(one => one !== '')) expect(kept).not.toContain(secret)
  })
})
