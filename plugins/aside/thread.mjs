// Plain JavaScript: a thread starts without the loader that reads TypeScript.
import { parentPort, workerData } from 'node:worker_threads'

if (workerData.isTypeScript) (await import('tsx/esm/api')).register()

parentPort.on('message', async ({ module, input }) => {
  try {
    const { run } = await import(module)
    parentPort.postMessage({ output: await run(input) })
  } catch (error) {
    parentPort.postMessage({ error })
  }
})
