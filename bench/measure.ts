/** The middle one of some figures. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Does `work` for 0 … count - 1, with so many under way at the same time. */
export async function each(count: number, concurrency: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

/** Asks again until the answer satisfies; fails after `ms`. */
export async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean, ms = 300_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const answer = await ask()
    if (satisfies(answer)) return answer
    if (Date.now() > deadline) throw new Error(`Not so after ${ms} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Random numbers from 0 to 1 by a seed that is printed (xorshift32); SEED= reproduces them. */
export const random = (() => {
  let state = Number(process.env.SEED ?? (Date.now() % 2 ** 31) + 1)
  console.log(`SEED=${state}`)
  return (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
})()
