import { defineConfig } from 'vitest/config';

/** `npm run test:node`: the tests on running Pods. One file at a time, as one node runs them all. */
export default defineConfig({
  test: {
    include: ['test/node/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/node/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    fileParallelism: false,
    // What passed at the second attempt is named at the end of the run (test/summary.ts): it is a fault to be found, not a pass to be forgotten.
    retry: 1,
    // Why a test failed is read in logs.
    chaiConfig: { truncateThreshold: 2000 },
  },
});
