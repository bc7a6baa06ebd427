import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SendMailOptions } from 'nodemailer'
import type { SMTPConnectionOptions as SmtpConnectionOptions } from 'nodemailer/lib/smtp-connection'
import { needsSmtpUtf8 } from '../../plugins/validation/addresses.ts'

/** How long a server may take to answer, in ms. */
const PATIENCE = { connectionTimeout: 20_000, greetingTimeout: 20_000, socketTimeout: 20_000 }

/** The name of the file of a mail, also of one that was not written to its end. */
export const MAIL_FILE = /^[\da-f-]{36}\.eml(?:\.part)?$/

/** A mail as it is sent. Its id never changes, so that a mail that is sent twice is recognised as one. */
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

/** A mail was not accepted. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
  /** Whether this mail will never be accepted, is not accepted now, or no mail is accepted now. */
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

/** Sends mails through an SMTP server. The library is loaded with the first mail, so that no start waits for it. */
export function smtpTransport(url: string): Transport {
  const opened = once(async () => {
    const { createTransport } = await import('nodemailer')
    return createTransport({
      url,
      ...PATIENCE,
      pool: true,
      maxConnections: 1, // so that mails arrive in the order they were sent in
    })
  })
  return {
    async send(mail) {
      try {
        const transport = await opened()
        const { address } = mail.to
        if (needsSmtpUtf8(address) && !(await hasSmtpUtf8(transport.options)))
          throw new NotSent(`The mail server cannot send to international addresses like ${address}`, 'never')
        await transport.sendMail(messageOf(mail))
      } catch (error) {
        throw error instanceof NotSent ? error : new NotSent(error, whatOf(error))
      }
    },
    close: () => void opened.value?.then(transport => transport.close()),
  }
}

/**
 * Whether the server takes addresses beyond ASCII (RFC 6531): asked anew for each such mail, on a connection of its own,
 * as a server that does not is sent them all the same by the library, and might mangle them.
 */
async function hasSmtpUtf8(options: SmtpConnectionOptions): Promise<boolean> {
  const { default: SmtpConnection } = await import('nodemailer/lib/smtp-connection')
  const connection = new SmtpConnection(options)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      connection.connect(error => (error ? reject(error) : resolve()))
    })
    return /^250[ -]SMTPUTF8\b/im.test(String(connection.lastServerResponse))
  } finally {
    connection.quit()
  }
}

/** Writes each mail into a file that any mail program opens, where there is no SMTP server. */
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

/** RFC 5321 §4.2.1: 5yz is final, 4yz is temporary. Without a code, or when the sign-in failed, no mail is accepted. */
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
