import fs from 'node:fs'
import { NODE_FLAGS } from './node-flags.mjs'

test('the image starts Node.js with the flags that every other start has', () => {
  const start = /^CMD (\[.+\])$/m.exec(fs.readFileSync('Dockerfile', 'utf8'))![1]!
  expect(JSON.parse(start)).toEqual(['node', ...NODE_FLAGS, 'dist/cli/main.js', 'start'])
})
