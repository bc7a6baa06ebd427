// Sees what an instance registers while it is being built, through the channel that Fastify announces each one on.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

const CHANNEL = 'fastify.initialization'

/** Builds something, giving `prepare` the instance before anything is registered on it. */
export async function watched<Built>(
  build: () => Promise<Built>,
  prepare: (app: FastifyInstance) => void,
): Promise<Built> {
  const listener = (message: unknown) => prepare((message as { fastify: FastifyInstance }).fastify)
  subscribe(CHANNEL, listener)
  try {
    return await build()
  } finally {
    unsubscribe(CHANNEL, listener)
  }
}

export interface Route {
  readonly method: string
  readonly url: string
}

/** Every route of whatever is built, HEAD and those of plugins included. */
export async function withRoutes<Built>(build: () => Promise<Built>): Promise<readonly [Built, readonly Route[]]> {
  const routes: Route[] = []
  const note = ({ method, url }: RouteOptions) => {
    for (const one of [method].flat()) routes.push({ method: one, url })
  }
  const built = await watched(build, app => void app.addHook('onRoute', note))
  return [built, routes]
}
