// The part of a client that is the same whatever the document says: `npm run client` copies this file as it is.
import createClient, { type Client, type FetchOptions, type FetchResponse } from 'openapi-fetch'

export interface PanelistOptions {
  /** Where the server is, as in `https://panelist.example.com`. */
  readonly baseUrl: string
  /** An API token or an access token; or where to get the one that is good now, asked before each request. */
  readonly token?: string | (() => string | Promise<string>)
}

/** A refusal. `code` is what a program looks at; `details` name the fields, or the people who are busy. */
export class PanelistError extends Error {
  override readonly name = 'PanelistError'
  readonly status: number
  readonly code: string
  readonly details: readonly Readonly<Record<string, unknown>>[]
  /** What the server's log and journal know the request by. */
  readonly requestId: string | undefined
  /** The seconds to wait before trying again, where the server says so: with 429 and 503. */
  readonly retryAfter: number | undefined

  constructor({ status, statusText, headers }: Response, body: unknown) {
    const { code, message, details, requestId } = isRefusal(body) ? body : { message: `${status} ${statusText}` }
    super(message)
    this.status = status
    this.code = code ?? `HTTP_${status}` // of a proxy on the way, which knows nothing of our codes
    this.details = details ?? []
    this.requestId = requestId ?? headers.get('x-request-id') ?? undefined
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    this.retryAfter = Number.isFinite(seconds) ? seconds : undefined
  }
}

interface Refusal {
  readonly message: string
  readonly code?: string
  readonly details?: readonly Readonly<Record<string, unknown>>[]
  readonly requestId?: string
}

function isRefusal(body: unknown): body is Refusal {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body
}

type Method = 'get' | 'put' | 'post' | 'delete'
type Operation = Record<string | number, unknown>
/** The addresses that a method goes to. */
type PathsWith<Paths, Of extends Method> = {
  [Path in keyof Paths]: Paths[Path] extends Record<Of, object> ? Path : never
}[keyof Paths]
type OperationAt<Paths, Path extends keyof Paths, Of extends Method> =
  Paths[Path] extends Record<Of, infer Found extends Operation> ? Found : never
/** Parameters and body: may be left out where nothing in them is required. */
type Request<Of> =
  Partial<FetchOptions<Of>> extends FetchOptions<Of> ? [request?: FetchOptions<Of>] : [FetchOptions<Of>]
/** What an operation answers when it succeeds. */
type Success<Of extends Operation> = Extract<
  FetchResponse<Of, object, `${string}/${string}`>,
  { error?: never }
>['data']

type Call<Paths, Of extends Method> = <Path extends PathsWith<Paths, Of>>(
  path: Path,
  ...request: Request<OperationAt<Paths, Path, Of>>
) => Promise<Success<OperationAt<Paths, Path, Of>>>

/** Each method answers what the server sent, and throws a `PanelistError` for a refusal. */
export interface PanelistClient<Paths extends object> {
  readonly GET: Call<Paths, 'get'>
  readonly POST: Call<Paths, 'post'>
  readonly PUT: Call<Paths, 'put'>
  readonly DELETE: Call<Paths, 'delete'>
  /** The same without throwing: `{ data, error, response }`, for who needs a header or a status. */
  readonly raw: Client<Paths>
}

export function clientOf<Paths extends object>(options: PanelistOptions): PanelistClient<Paths> {
  const untyped = authorized(
    createClient<Record<string, Record<Method, object>>>({ baseUrl: options.baseUrl }),
    options,
  )
  const send = async (method: Method, path: string, request: Record<string, unknown> = {}): Promise<unknown> => {
    const { data, error, response } = await untyped.request(method, path, request)
    if (!response.ok) throw new PanelistError(response, error)
    return data
  }
  const call = <Of extends Method>(method: Of): Call<Paths, Of> =>
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the document says what comes, not this code
    ((path: string, request?: Record<string, unknown>) => send(method, path, request)) as Call<Paths, Of>
  const raw = authorized(createClient<Paths>({ baseUrl: options.baseUrl }), options)
  return { GET: call('get'), POST: call('post'), PUT: call('put'), DELETE: call('delete'), raw }
}

function authorized<Paths extends object>(client: Client<Paths>, { token }: PanelistOptions): Client<Paths> {
  if (token === undefined) return client
  client.use({
    onRequest: async ({ request }) => {
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`)
    },
  })
  return client
}
