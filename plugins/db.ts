import fp from 'fastify-plugin'
import type { Database } from '../db/database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly db: Database
  }
}

/** `app.db`: the database the instance was built on. Whoever opened it closes it, after the instance. */
export const dbPlugin = fp<{ database: Database }>(
  async (app, { database }) => {
    app.decorate('db', database)
  },
  { name: 'db' },
)
