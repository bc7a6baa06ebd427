// Requests over a real connection: what `inject` cannot send.
import { Agent, request, type IncomingMessage } from 'node:http'

export interface Sent {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: Buffer
}

export interface Received {
  readonly statusCode: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  json(): any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into answers freely
}

/** Sends a request over a connection of its own and gives its answer; a server that changes the protocol answers 101. */
export function sentOver(address: string, { method, url, headers, payload }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const agent = new Agent()
    const asked = request(`${address}${url}`, { method, headers, agent })
    const received = async (response: IncomingMessage, text: () => Promise<string>) => {
      const body = await text()
      agent.destroy()
      resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body, json: () => JSON.parse(body) })
    }
    asked.on('response', response => {
      received(response, async () => (await response.setEncoding('utf8').toArray()).join('')).catch(reject)
    })
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      received(response, async () => '').catch(reject)
    })
    asked.on('error', reject).end(payload)
  })
}
