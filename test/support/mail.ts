import { once } from 'node:events'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { freePort } from './ports.ts'

/** A mail as a real SMTP server got it. */
export interface Received extends Email {
  /** Whom the envelope names, whatever the headers say. */
  readonly recipients: readonly string[]
  readonly raw: string
}

export interface MailServer {
  readonly url: string
  readonly mails: Received[]
  /** How many mails were handed in, taken or not. */
  readonly attempts: number
  /** What it answers to a mail in place of taking it: a status of RFC 5321, or silence. */
  refusal: number | 'silence' | undefined
  /** Takes no connection until it is up again. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

/** On loopback, on a port of its own that it keeps. */
export async function mailServer(more: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Received[] = []
  const port = await freePort()
  let server: SMTPServer
  let attempts = 0
  const start = async () => {
    server = new SMTPServer(options)
    server.on('error', () => undefined)
    server.listen(port, '127.0.0.1')
    await once(server.server, 'listening')
  }
  const stop = () => new Promise<void>(resolve => server.close(() => resolve()))
  const options: SMTPServerOptions = {
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 100,
    ...more,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        attempts += 1
        if (self.refusal === 'silence') return
        if (self.refusal !== undefined) {
          done(Object.assign(new Error('not taken'), { responseCode: self.refusal }))
          return
        }
        const raw = Buffer.concat(chunks).toString()
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        void PostalMime.parse(raw).then(email => {
          mails.push({ ...email, recipients, raw })
          done()
        })
      })
    },
  }
  await start()
  const self: MailServer = {
    get url() {
      return `smtp://127.0.0.1:${port}`
    },
    get attempts() {
      return attempts
    },
    mails,
    refusal: undefined,
    down: stop,
    up: start,
    close: stop,
  }
  return self
}
