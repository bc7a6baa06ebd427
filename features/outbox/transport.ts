import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SendMailOptions } from 'nodemailer'

/** How long a server may take to say something. */
const PATIENCE_MS = 20_000

/** A mail as it goes out. Its id never changes, so that one that is sent twice is seen to be one. */
export interface Outgoing {
  readonly messageId: string
  readonly date: string
  readonly from: string
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly calendar?: { readonly method: 'REQUEST' | 'CANCEL'; readonly content: string } | undefined
}

/** A mail was not taken. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
  /** This one mail will never be taken; this one not now; or none at all now. */
  readonly what: 'never' | 'not now' | 'none now'

  constructor(cause: unknown, what: NotSent['what']) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.what = what
  }
}

export interface Transport {
  /** Throws NotSent. */
  send(mail: Outgoing): Promise<void>
  close(): void
}

/** Hands mails in at an SMTP server. The library is loaded with the first mail: no start waits for it. */
export function smtpTransport(url: string): Transport {
  const opened = once(async () => {
    const { createTransport } = await import('nodemailer')
    return createTransport({
      url,
      pool: true,
      maxConnections: 1, // what is sent in order arrives in order
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
    })
  })
  return {
    async send(mail) {
      try {
        await (await opened()).sendMail(messageOf(mail))
      } catch (error) {
        throw new NotSent(error, whatOf(error))
      }
    },
    close: () => void opened.value?.then(transport => transport.close()),
  }
}

/** Without an SMTP server: a file a mail, that any mail program opens. */
export function folderTransport(folder: string): Transport {
  const opened = once(async () => {
    const { createTransport } = await import('nodemailer')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  })
  return {
    async send(mail) {
      try {
        const { message } = await (await opened()).sendMail(messageOf(mail))
        const file = join(folder, `${mail.messageId.slice(1, mail.messageId.indexOf('@'))}.eml`)
        await writeFile(`${file}.part`, message, { mode: 0o600 })
        await rename(`${file}.part`, file)
      } catch (error) {
        throw new NotSent(error, 'none now')
      }
    },
    close: () => undefined,
  }
}

function messageOf({ calendar, ...mail }: Outgoing): SendMailOptions {
  return {
    ...mail,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(calendar && { icalEvent: { ...calendar, filename: 'interview.ics' } }),
  }
}

/** RFC 5321 §4.2.1: 5yz is for good, 4yz for now. Without a number, or a sign-in, no mail came to be talked about. */
function whatOf(error: unknown): NotSent['what'] {
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
  const signIn = error instanceof Error && 'code' in error && error.code === 'EAUTH'
  if (code < 400 || code === 421 || signIn) return 'none now'
  return code >= 500 ? 'never' : 'not now'
}

function once<Value>(make: () => Promise<Value>): (() => Promise<Value>) & { value?: Promise<Value> } {
  const get: (() => Promise<Value>) & { value?: Promise<Value> } = () => (get.value ??= make())
  return get
}
