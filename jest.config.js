/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Tests wait for conditions; this only ends those that never come true, also on a busy machine.
  testTimeout: 30_000,
  // Each file has a database and a task queue of its own; many wait more than they work.
  maxWorkers: 2,
  // Jest keeps some 35 MB of each file: its processes are ended before they have too much.
  workerIdleMemoryLimit: '3GB',
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.tilework/', '/.cache/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.tilework/', '<rootDir>/.cache/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
}
