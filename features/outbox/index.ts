import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { mailFolder, type Config } from '../../plugins/config.ts'
import { calendarIdentity } from '../../domain/interviews/calendar.ts'
import type { Feature } from '../../plugins/feature.ts'
import { Courier } from './courier.ts'
import { outboxFigures } from './figures.ts'
import { forgetMails } from './forgetting.ts'
import { outboxRoutes } from './routes.ts'
import { folderTransport, smtpTransport } from './transport.ts'

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000 }

/** Fills and empties the outbox in the background, from the moment the program is ready until it closes. */
export const mailDelivery = fp(
  async app => {
    if (app.config.MAIL === 'off') return
    const courier = courierOf(app)
    app.addHook('onReady', () => courier.start())
    app.addHook('onResponse', (request, _reply, done) => {
      if (request.method !== 'GET') courier.wake()
      done()
    })
    app.addHook('onClose', () => courier.close())
  },
  { name: 'mail-delivery', dependencies: ['config', 'db'] },
)

export const outboxFeature: Feature = {
  name: 'outbox',
  dependencies: ['db', 'audit-logger', 'access', 'conditional', 'metrics', 'housekeeping', 'openapi'],
  async plugin(app) {
    outboxFigures(app)
    forgetMails(app)
    await app.register(outboxRoutes, { prefix: '/api/outbox' })
  },
}

function courierOf({ db, config, log }: FastifyInstance): Courier {
  return new Courier({
    db,
    log,
    from: config.MAIL_FROM,
    transport: config.SMTP_URL ? smtpTransport(config.SMTP_URL) : folderTransport(mailFolder(config)),
    rules: { ...calendarIdentity(config), reminders: remindersOf(config) },
  })
}

function remindersOf({ REMINDERS }: Config): number[] {
  const times = REMINDERS === 'off' ? [] : REMINDERS.split(',')
  return times.map(time => Number(time.slice(0, -1)) * (UNIT_MS[time.slice(-1)] ?? 0))
}
