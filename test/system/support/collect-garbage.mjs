// Loaded into a server whose memory is looked at: collects its garbage when it gets this signal, which ends nobody.
import { Session } from 'node:inspector'

const session = new Session()
session.connect()
process.on('SIGWINCH', () => session.post('HeapProfiler.collectGarbage'))
