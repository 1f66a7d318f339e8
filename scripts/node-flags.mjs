/**
 * How Node.js is started for everything of Tilework; the Dockerfile says the same (scripts/node-flags.test.ts). A small nursery: V8 would let 200 MB of
 * short-lived garbage of an upload or a batch grow old.
 */
export const NODE_FLAGS = ['--max-semi-space-size=4']
