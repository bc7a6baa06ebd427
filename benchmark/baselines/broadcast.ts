// The floor of a change that is told to everybody: the package `ws` alone. A PUT is answered, then every socket is sent
// the very text that Panelist sent. No account, no database, nobody who may not see it.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const { PORT, MESSAGE_FILE } = process.env
const message = readFileSync(MESSAGE_FILE ?? '', 'utf8')

const server = createServer((request, response) => {
  if (request.method === 'PUT') response.once('finish', broadcast)
  request.resume().once('end', () => response.setHeader('content-type', 'application/json').end(message))
})
const sockets = new WebSocketServer({ server })
sockets.on('connection', socket => socket.once('message', () => socket.send('{"type":"SUBSCRIBED"}')))

function broadcast(): void {
  for (const socket of sockets.clients) socket.send(message)
}

server.listen(Number(PORT), '127.0.0.1')
