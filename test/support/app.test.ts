import { describe, expect, it } from 'vitest'
import { testApp } from './app.ts'

const GOOGLE = { GOOGLE_CLIENT_ID: 'panelist', GOOGLE_CLIENT_SECRET: 'the-secret-of-the-client' }
const ADA = { email: 'ada@example.com', password: 'violet harbor "anchors" 42', name: 'Ada' }
const JWT = `head.claims.${'signature'.repeat(4)}`

describe('an app of a test', () => {
  it('closes when its log shows no secret of all that went through it', async () => {
    const t = await testApp(GOOGLE)
    const { body } = await t.post('/api/auth/register', ADA)
    await t.get(`/api/sessions/token/${body.refreshToken}`, await t.signedIn('admin'))
    await t.get('/api/auth/google')
    t.app.log.info('nothing of interest')
    await t.close()
  })

  it('does not close without a word when its log shows one, and tells of it without showing it again', async () => {
    const t = await testApp(GOOGLE)
    const admin = await t.signedIn('admin')
    const registered = (await t.post('/api/auth/register', ADA)).body
    const { email, password } = ADA
    const second = (await t.post('/api/auth/login', { email, password })).body
    const google = String((await t.get('/api/auth/google')).headers['set-cookie'])
    const payload = { name: 'Report', scopes: ['events:read'] }
    const headers = { authorization: `Bearer ${registered.accessToken}` }
    const made = (await t.call({ method: 'POST', url: '/api/tokens', payload, headers })).body
    const fields = { current: 'current of 1815', new: 'new of 1815', refreshToken: 'refresh-1815', token: 'token-1815' }
    await t.post('/api/auth/login', fields)
    await t.call({ url: '/api/users', headers: { authorization: 'Bearer of-a-stranger-1' } })
    await t.call({ url: '/health', headers: { authorization: `Bearer ${JWT}` } })
    await t.get('/nowhere?a=b&token=of-a-socket-1')
    await t.get('/api/sessions/token/lost%2Ftoken%2F1?x=y')
    const cookies = { cookie: 'a=b; google-state=brought-by-1' }
    await t.call({ url: '/api/auth/google/callback?state=state-of-1815&code=code-of-1815', headers: cookies })

    const secrets: [kind: string, secret: string][] = [
      ['access token of a user', admin.token],
      ['access token of a user', String(admin.token.split('.')[2])],
      ['password of a body', ADA.password],
      ['refreshToken of an answer', registered.refreshToken],
      ['accessToken of an answer', second.accessToken],
      ['secret of an answer', made.secret],
      ['cookie', String(/google-verifier=([^;]+)/.exec(google)?.[1])],
      ['state of an answer', String(/google-state=([^;]+)/.exec(google)?.[1])],
      ...Object.entries(fields).map(([field, secret]): [string, string] => [`${field} of a body`, secret]),
      ['token of a header', 'of-a-stranger-1'],
      ['token of a header', 'signature'.repeat(4)],
      ['token of a query', 'of-a-socket-1'],
      ['token of a path', 'lost/token/1'],
      ['cookie', 'brought-by-1'],
      ['state of a query', 'state-of-1815'],
      ['code of a query', 'code-of-1815'],
    ]
    for (const [, secret] of secrets) t.app.log.info({ where: `in <${secret}> it is` }, 'by mistake')
    const failure = await t.close().then(String, String)
    for (const [kind, secret] of secrets) {
      expect(failure).toContain(`\n${kind}: `)
      expect(failure).not.toContain(JSON.stringify(secret).slice(1, -1))
    }
    expect(failure).toContain('"where":"in <…> it is","msg":"by mistake"')
  })
})
