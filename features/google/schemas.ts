import { Type, type Static } from '@sinclair/typebox'

/** Google says more than this, and may say something new tomorrow: what is not known is bounded, and not looked at. */
export const Callback = Type.Object(
  {
    code: Type.Optional(Type.String({ maxLength: 2048, description: 'Good for one id_token' })),
    state: Type.Optional(
      Type.String({ maxLength: 512, description: 'The state that this browser was given at the start' }),
    ),
    error: Type.Optional(Type.String({ maxLength: 200, description: 'Why there is no code' })),
  },
  { additionalProperties: Type.String({ maxLength: 2048 }), maxProperties: 30 },
)
export type Callback = Static<typeof Callback>

/** The claims of a signed id_token that are needed (OpenID Connect Core §2). */
export const Claims = Type.Object({
  sub: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
})
export type Claims = Static<typeof Claims>
