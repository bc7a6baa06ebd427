import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/sessions'

describe.each(drivers)('access tokens on $name', driver => {
  let t: TestApp
  let user: SignedIn
  let admin: SignedIn
  /** Header and payload of a sound token. */
  let header: Record<string, unknown>
  let payload: Record<string, unknown>

  beforeAll(async () => {
    t = await testApp({}, driver)
    user = await t.signedIn('interviewer')
    admin = await t.signedIn('admin')
    const [head = '', body = ''] = user.token.split('.')
    header = decoded(head)
    payload = decoded(body)
  })
  afterAll(() => t.close())

  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  const signed = (head: unknown, body: unknown, secret = t.config.JWT_SECRET, hash = 'sha256') => {
    const text = `${encoded(head)}.${encoded(body)}`
    return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
  }
  const now = () => Math.floor(Date.now() / 1000)

  /** A token with these differences, signed with the real secret unless told otherwise. */
  function forge(head: object = {}, body: object = {}, secret = t.config.JWT_SECRET, hash = 'sha256'): string {
    return signed({ ...header, ...head }, { ...payload, ...body }, secret, hash)
  }

  function forgeRsa(): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const text = `${encoded({ ...header, alg: 'RS256' })}.${encoded(payload)}`
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
  }

  function unsigned(alg: string): string {
    return `${encoded({ ...header, alg })}.${encoded(payload)}.`
  }

  const ask = (authorization: string, path = url) => t.call({ method: 'GET', url: path, headers: { authorization } })
  const askAs = async (one: SignedIn, path = url) => (await t.get(path, one)).status

  describe('an access token', () => {
    it('is taken when it is sound, also when it was made by hand', async () => {
      expect((await ask(`Bearer ${user.token}`)).status).toBe(200)
      expect((await ask(`bearer ${user.token}`)).status).toBe(200)
      expect((await ask(`Bearer ${forge()}`)).status).toBe(200)
    })

    it('names its parts and lives for 15 minutes', () => {
      expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: expect.any(String) })
      expect(payload).toMatchObject({
        iss: 'panelist',
        aud: 'panelist-api',
        sub: user.id,
        sid: user.sessionId,
        role: 'interviewer',
      })
      expect(payload['jti']).toEqual(expect.any(String))
      expect(Number(payload['exp']) - Number(payload['iat'])).toBe(15 * 60)
    })

    const forged: [string, () => string][] = [
      ['no signature (alg none)', () => unsigned('none')],
      ['no signature (alg None)', () => unsigned('None')],
      ['no signature although alg is HS256', () => unsigned('HS256')],
      ['alg none and a signature', () => forge({ alg: 'none' })],
      ['alg HS512', () => forge({ alg: 'HS512' }, {}, t.config.JWT_SECRET, 'sha512')],
      ['alg HS384', () => forge({ alg: 'HS384' }, {}, t.config.JWT_SECRET, 'sha384')],
      ['a key pair of its own (RS256)', forgeRsa],
      ['alg RS256 over an HMAC', () => forge({ alg: 'RS256' })],
      ['alg ES256 over an HMAC', () => forge({ alg: 'ES256' })],
      ['no alg', () => forge({ alg: undefined })],
      ['a list of algs', () => forge({ alg: ['HS256'] })],
      ['no exp', () => forge({}, { exp: undefined })],
      ['exp as text', () => forge({}, { exp: String(now() + 600) })],
      ['exp null', () => forge({}, { exp: null })],
      ['exp in the past', () => forge({}, { exp: now() - 60 })],
      ['exp negative', () => forge({}, { exp: -1 })],
      ['nbf in the future', () => forge({}, { nbf: now() + 600 })],
      ['nbf as text', () => forge({}, { nbf: 'tomorrow' })],
      ['no iat', () => forge({}, { iat: undefined })],
      ['iat as text', () => forge({}, { iat: 'now' })],
      ['an exp of next year and an iat of 20 minutes ago', () => forge({}, { exp: now() + 3e7, iat: now() - 1200 })],
      ['an iat of an hour ago', () => forge({}, { iat: now() - 3600 })],
      ['no iss', () => forge({}, { iss: undefined })],
      ['a wrong iss', () => forge({}, { iss: 'somebody' })],
      ['a list for iss', () => forge({}, { iss: ['panelist'] })],
      ['a list for iss with others', () => forge({}, { iss: ['somebody', 'panelist'] })],
      ['no aud', () => forge({}, { aud: undefined })],
      ['a wrong aud', () => forge({}, { aud: 'somebody' })],
      ['an aud that is a number', () => forge({}, { aud: 5 })],
      ['typ rt+jwt', () => forge({ typ: 'rt+jwt' })],
      ['typ JWT', () => forge({ typ: 'JWT' })],
      ['no typ', () => forge({ typ: undefined })],
      ['an unknown crit', () => forge({ crit: ['exp'] })],
      ['a crit that is no list', () => forge({ crit: 'exp' })],
      ['an empty crit', () => forge({ crit: [] })],
      ['an unknown kid', () => forge({ kid: 'unknown' })],
      ['kid __proto__', () => forge({ kid: '__proto__' })],
      ['kid constructor', () => forge({ kid: 'constructor' })],
      ['a kid that is an object', () => forge({ kid: {} })],
      ['no kid', () => forge({ kid: undefined })],
      ['a path for a kid', () => forge({ kid: '../../dev/null' })],
      ['no sub', () => forge({}, { sub: undefined })],
      ['a sub that is an object', () => forge({}, { sub: {} })],
      ['somebody else for sub', () => forge({}, { sub: admin.id })],
      ['somebody else’s session', () => forge({}, { sid: admin.sessionId })],
      ['no sid', () => forge({}, { sid: undefined })],
      ['an unknown session', () => forge({}, { sid: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10' })],
      ['a sid that is a list', () => forge({}, { sid: [user.sessionId] })],
      ['no jti', () => forge({}, { jti: undefined })],
      ['another secret', () => forge({}, {}, 'another secret that is long enough for this')],
      ['an empty secret', () => forge({}, {}, '')],
      ['a signature that is cut', () => user.token.slice(0, -4)],
      [
        'a payload that was changed afterwards',
        () => user.token.replace(/\.[^.]+\./, `.${encoded({ ...payload, role: 'admin' })}.`),
      ],
      ['two parts', () => user.token.split('.').slice(0, 2).join('.')],
      ['four parts', () => `${user.token}.x`],
      ['one part', () => 'x'],
      ['dots alone', () => '..'],
      ['a header that is no JSON', () => `e30x.${encoded(payload)}.x`],
      ['a payload that is null', () => signed(header, null)],
      ['a payload that is a list', () => signed(header, [payload])],
      ['five thousand characters', () => 'x'.repeat(5000)],
    ]
    it.each(forged)('is refused with %s', async (_what, make) => {
      const answer = await ask(`Bearer ${make()}`)
      expect(answer.body).toMatchObject({ statusCode: 401, code: 'UNAUTHORIZED' })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    })

    it.each<[string, () => string]>([
      ['an empty header', () => ''],
      ['a scheme alone', () => 'Bearer'],
      ['another scheme', () => `Basic ${user.token}`],
      ['the token alone', () => user.token],
      ['two tokens', () => `Bearer ${user.token} ${user.token}`],
      ['two tokens and a comma', () => `Bearer ${user.token},${user.token}`],
    ])('is refused with %s as authorization', async (_what, make) => {
      expect((await ask(make())).body).toMatchObject({ statusCode: 401, code: 'UNAUTHORIZED' })
    })

    it('is not taken from the address', async () => {
      const answer = await t.get(`${url}?access_token=${user.token}`)
      expect(answer.status).toBe(401)
      expect(t.log.join('')).not.toContain(user.token)
    })

    it('gives no more than the account has, whatever role it names', async () => {
      const token = forge({}, { role: 'admin' })
      expect((await ask(`Bearer ${token}`, '/api/users')).status).toBe(403)
    })
  })

  describe('a secret in rotation', () => {
    it('is taken while it is configured as the previous one, and refused after', async () => {
      const next = 'the next secret, which is long enough as well'
      const previous = t.config.JWT_SECRET
      const shared = { DATABASE_URL: t.config.DATABASE_URL, JWT_SECRET: next }
      const status = async (environment: Record<string, string>, token: string) => {
        const other = await testApp(environment, driver)
        const answer = await other.call({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } })
        await other.close()
        return answer.status
      }
      const rotating = { ...shared, JWT_SECRET_PREVIOUS: previous }
      expect(await status(rotating, user.token)).toBe(200)
      expect(await status(rotating, forge({ alg: 'HS512' }, {}, previous, 'sha512'))).toBe(401)
      expect(await status(rotating, forge({}, { exp: now() - 60 }))).toBe(401)
      expect(await status(rotating, forge({}, { iss: 'somebody' }))).toBe(401)
      expect(await status(shared, user.token)).toBe(401)
    })
  })

  describe('what is changed acts on the next request', () => {
    const change = (id: string, payload: object) => t.put(`/api/users/${id}`, payload, admin)
    const byHand = (table: string, set: string, id: string) =>
      t.db.run(`UPDATE ${table} SET ${set} WHERE id = :id`, { id })
    const past = () => new Date(Date.now() - 1).toISOString()

    it.each<[string, (one: SignedIn) => Promise<unknown>]>([
      ['somebody signs out', one => t.post('/api/auth/logout', undefined, one)],
      ['somebody is disabled', ({ id }) => change(id, { status: 'disabled' })],
      ['somebody is disabled in the database, by hand', ({ id }) => byHand('users', `status = 'disabled'`, id)],
      ['a password is changed', ({ id }) => change(id, { password: 'seven purple lanterns 9' })],
      ['an admin ends the session', ({ sessionId }) => t.delete(`${url}/${sessionId}`, admin)],
      ['the session expires', ({ sessionId }) => byHand('sessions', `expires_at = '${past()}'`, sessionId)],
      ['the account is removed', ({ id }) => t.delete(`/api/users/${id}`, admin)],
    ])('when %s', async (_what, deed) => {
      const one = await t.signedIn('talent')
      expect(await askAs(one)).toBe(200)
      await deed(one)
      expect(await askAs(one)).toBe(401)
    })

    it('when a role is taken away, and when one is given', async () => {
      const one = await t.signedIn('admin')
      await change(one.id, { role: 'talent' })
      expect(await askAs(one, '/api/users')).toBe(403)
      await change(one.id, { role: 'admin' })
      expect(await askAs(one, '/api/users')).toBe(200)
    })
  })
})
