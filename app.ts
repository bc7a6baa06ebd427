import Fastify, { LogController, type FastifyInstance, type FastifyBaseLogger } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Database } from './db/database.ts'
import { declarations, featuresPlugin, type FeatureOptions } from './features/index.ts'
import { auditLoggerPlugin } from './plugins/audit-logger.ts'
import { accessPlugin } from './plugins/access.ts'
import { authPlugin } from './plugins/auth.ts'
import { bodiesPlugin } from './plugins/bodies.ts'
import { cachePlugin } from './plugins/cache.ts'
import { keepOnlyAddresses } from './plugins/client-address.ts'
import { changesPlugin } from './plugins/changes.ts'
import { conditionalPlugin } from './plugins/conditional.ts'
import { configPlugin, type Config } from './plugins/config.ts'
import { dbPlugin } from './plugins/db.ts'
import { errorsPlugin, sendEarlyError } from './plugins/errors.ts'
import { exportsPlugin } from './plugins/exports.ts'
import { healthPlugin } from './plugins/health.ts'
import { httpOptions, httpPlugin } from './plugins/http.ts'
import { housekeepingPlugin } from './plugins/housekeeping.ts'
import { idempotencyPlugin } from './plugins/idempotency.ts'
import { createLogger, loggingPlugin, requestId } from './plugins/logging.ts'
import { metricsPlugin, metricsRoutePlugin } from './plugins/metrics.ts'
import { openapiPlugin } from './plugins/openapi.ts'
import { rateLimitPlugin } from './plugins/rate-limit.ts'
import { realtimePlugin } from './plugins/realtime.ts'
import { securityPlugin } from './plugins/security.ts'
import { serializerFactory } from './plugins/serialization.ts'
import { processesPlugin, type Processes } from './plugins/processes.ts'
import { validatorFactory } from './plugins/validation.ts'

export interface AppOptions extends FeatureOptions {
  readonly config: Config
  /** Open and migrated; it stays open when the instance closes. */
  readonly database: Database
  readonly logger?: FastifyBaseLogger
  /** Given to each of several processes behind one port. */
  readonly processes?: Processes | undefined
}

/** The whole program as a Fastify instance, ready for `inject()` or `listen()`. Opens nothing by itself. */
export async function buildApp({ config, database, logger, ...options }: AppOptions): Promise<FastifyInstance> {
  const app = bareInstance(config, logger ?? (await createLogger(config)))

  await app.register(configPlugin, { config })
  await app.register(dbPlugin, { database })
  await app.register(processesPlugin, { processes: options.processes })
  await app.register(loggingPlugin)
  await app.register(metricsPlugin)
  await app.register(errorsPlugin)
  await app.register(bodiesPlugin)
  await app.register(securityPlugin)
  await app.register(httpPlugin)
  await app.register(auditLoggerPlugin)
  await app.register(changesPlugin)
  await app.register(authPlugin)
  await app.register(rateLimitPlugin)
  await app.register(accessPlugin)
  await app.register(conditionalPlugin)
  await app.register(cachePlugin)
  await app.register(housekeepingPlugin)
  await app.register(idempotencyPlugin)
  await app.register(openapiPlugin, { tags: declarations.tags })
  await app.register(healthPlugin)
  await app.register(realtimePlugin)
  await app.register(metricsRoutePlugin)
  await app.register(exportsPlugin)
  await app.register(featuresPlugin, options)
  return app
}

/** The HTTP server with its limits and its compilers, before any plugin. */
function bareInstance(config: Config, logger: FastifyBaseLogger) {
  return Fastify({
    ...httpOptions(config),
    loggerInstance: logger,
    // A logger for each request costs as much as its line: lines name their request themselves.
    childLoggerFactory: instance => instance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: requestId,
    trustProxy: config.TRUST_PROXY.length > 0 ? [...config.TRUST_PROXY] : false,
    return503OnClosing: false, // its answer is not of our one shape
    rewriteUrl: request => {
      keepOnlyAddresses(request)
      return request.url ?? '/'
    },
    frameworkErrors: sendEarlyError,
    schemaController: {
      compilersFactory: { buildValidator: validatorFactory(), buildSerializer: serializerFactory() },
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
}
