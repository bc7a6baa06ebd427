import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import type { Role } from './auth/identity.ts'
import { scopeFor, type Scope } from './auth/scopes.ts'
import type { Tag } from './openapi.ts'

/** A resource whose changes can be read at `path/:id/history`, by these roles. */
export interface History {
  readonly entityType: string
  readonly path: string
  readonly roles: readonly Role[]
}

/** A feature, and all that the rest of the program knows of it. */
export interface Feature<Options extends object = object> {
  readonly name: string
  /** The plugins that it needs. */
  readonly dependencies: readonly string[]
  /** The heading of its routes in the document. */
  readonly tag?: Tag
  /** The scope that API tokens need for its routes. Without one they are for people who have signed in. */
  readonly scope?: string
  readonly history?: History
  /** Registers its routes. */
  readonly plugin: FastifyPluginAsync<Options>
}

/** What several features declare together. */
export interface Declarations {
  readonly tags: readonly Tag[]
  readonly scopes: readonly Scope[]
  readonly histories: readonly History[]
}

/** Collects the declarations of features, in the order of the list. */
export function declarationsOf(features: readonly Pick<Feature, 'tag' | 'scope' | 'history'>[]): Declarations {
  const names = new Set(features.flatMap(({ scope }) => scope ?? []))
  return {
    tags: features.flatMap(({ tag }) => tag ?? []),
    scopes: [...names].flatMap(name => [scopeFor(name, 'GET'), scopeFor(name, 'POST')]),
    histories: features.flatMap(({ history }) => history ?? []),
  }
}

/** The plugin of a feature, whose routes have its scope but where a route names another, or null. */
export function pluginOf<Options extends object>({ name, dependencies, scope, plugin }: Feature<Options>) {
  return fp<Options>(
    async (app, options) => {
      app.addHook('onRoute', route => {
        route.config = { ...(scope !== undefined && { scope }), ...route.config }
      })
      await plugin(app, options)
    },
    { name, dependencies: [...dependencies], encapsulate: true },
  )
}
