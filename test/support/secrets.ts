// What goes through a program that no log may show: gathered while tests use it, and looked for at the end.

const FIELDS = ['password', 'current', 'new', 'refreshToken', 'token']
const ANSWERED = /"(accessToken|refreshToken|secret)":"([^"\\]+)"/g
const IN_ADDRESS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['token of a query', /[?&]token=([^&#]+)/],
  ['token of a path', /^\/api\/sessions\/token\/([^/?#]+)/],
  ['code of a query', /^\/api\/auth\/google[^?]*\?(?:.*&)?code=([^&#]+)/],
  ['state of a query', /^\/api\/auth\/google[^?]*\?(?:.*&)?state=([^&#]+)/],
]
const STATE_OF_LOCATION = /[?&]state=([^&#]+)/
const SHORTEST = 8
/** Tests send words in the place of secrets, and ids; a log may be full of those. */
const WORD_OR_ID = /^(?:[a-z]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i
const SIGNED = /^[\w-]+\.[\w-]+\.([\w-]{20,})$/

type Headers = Readonly<Record<string, string | readonly string[] | number | undefined>>

export class Secrets {
  /** What each is, by what a log is searched for. */
  readonly #kinds = new Map<string, string>()

  add(kind: string, secret: unknown): void {
    if (typeof secret !== 'string' || secret.length < SHORTEST || WORD_OR_ID.test(secret)) return
    // The signature of a token is enough to recognise it by, and every line with the token has it.
    this.#kinds.set(SIGNED.exec(secret)?.[1] ?? secret, kind)
  }

  /** What a request begins with. */
  requested(url: string, headers: Headers): void {
    this.add('token of a header', headers['authorization']?.toString().replace(/^Bearer +/i, ''))
    for (const [kind, pattern] of IN_ADDRESS) this.#ofAddress(kind, pattern.exec(url)?.[1])
    if (url.startsWith('/api/auth/google')) {
      for (const cookie of String(headers['cookie'] ?? '').split(/; */)) this.#ofCookie(cookie)
    }
  }

  sent(body: unknown): void {
    if (typeof body !== 'object' || body === null) return
    const fields = new Map<string, unknown>(Object.entries(body))
    for (const field of FIELDS) this.add(`${field} of a body`, fields.get(field))
  }

  answered(body: unknown): void {
    if (typeof body !== 'string') return
    for (const [, field = '', secret] of body.matchAll(ANSWERED)) this.add(`${field} of an answer`, secret)
  }

  answeredWith(headers: Headers): void {
    const cookies = [headers['set-cookie'] ?? []].flat()
    for (const cookie of cookies) this.#ofCookie(String(cookie).split(';')[0] ?? '')
    this.#ofAddress('state of an answer', STATE_OF_LOCATION.exec(String(headers['location'] ?? ''))?.[1])
  }

  /** Throws when a line has one of them; tells which kinds of secrets, and the lines without them. */
  assertNotIn(lines: readonly string[]): void {
    const log = lines.join('')
    const shown = [...this.#kinds]
      .map(([secret, kind]) => ({ secret: JSON.stringify(secret).slice(1, -1), kind }))
      .filter(({ secret }) => log.includes(secret))
    if (shown.length === 0) return
    const told = shown.map(({ secret, kind }) => {
      const line = log.split('\n').find(one => one.includes(secret)) ?? ''
      return `${kind}: ${shown.reduce((text, other) => text.replaceAll(other.secret, '…'), line)}`
    })
    throw new Error(`The log shows secrets:\n${told.join('\n')}`)
  }

  #ofCookie(cookie: string): void {
    this.#ofAddress('cookie', cookie.slice(cookie.indexOf('=') + 1))
  }

  /** As it is written in an address, and as it is meant. */
  #ofAddress(kind: string, written: string | undefined): void {
    if (written === undefined) return
    this.add(kind, written)
    try {
      this.add(kind, decodeURIComponent(written))
    } catch {
      // it means nothing
    }
  }
}
