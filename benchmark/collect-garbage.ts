// Loaded into a server whose memory is measured: what a start or a request has left behind is nobody's memory, and when
// V8 collects it and gives the pages back is a matter of chance. The signal is one that ends nobody: the program itself
// ends at SIGUSR2, and the function of --expose-gc gives no pages back.
import { Session } from 'node:inspector'

const session = new Session()
session.connect()
process.on('SIGWINCH', () => session.post('HeapProfiler.collectGarbage'))
