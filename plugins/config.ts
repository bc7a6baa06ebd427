import fp from 'fastify-plugin'
import type { Config } from './config/schema.ts'

export { ConfigError, loadConfig, loadSettings } from './config/loading.ts'
export { backupFolder, dataFolder, mailFolder, publicAddress } from './config/places.ts'
export type { Config }

declare module 'fastify' {
  interface FastifyInstance {
    readonly config: Config
  }
}

/** `app.config`: the settings the program was started with. */
export const configPlugin = fp<{ config: Config }>(
  async (app, { config }) => {
    app.decorate('config', config)
  },
  { name: 'config' },
)
