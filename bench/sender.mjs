import http from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/*
 * Sends bodies from a thread of its own, so that the server's thread is the server's. Work is {bodies, concurrency} or {bodies, perSecond};
 * the answer is when each was sent and how long it took, in ms.
 */

const { url, key } = workerData
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-type': 'application/json' }

const post = (path, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(`${url}/v1/${path}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`Answered ${answer.statusCode}`))))
    })
    request.on('error', reject)
    request.end(body)
  })

async function timed(path, body) {
  const from = performance.now()
  await post(path, body)
  return { answered: Date.now(), ms: performance.now() - from }
}

parentPort.on('message', async ({ path, bodies, concurrency, perSecond }) => {
  const results = new Array(bodies.length)
  const from = performance.now()
  if (perSecond) {
    await Promise.all(
      bodies.map(async (body, index) => {
        await new Promise((resolve) => setTimeout(resolve, from + (index * 1000) / perSecond - performance.now()))
        results[index] = await timed(path, body)
      }),
    )
  } else {
    let next = 0
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (next < bodies.length) {
          const index = next++
          results[index] = await timed(path, bodies[index])
        }
      }),
    )
  }
  parentPort.postMessage({ seconds: (performance.now() - from) / 1000, results })
})
