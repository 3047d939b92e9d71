import { defineConfig } from 'vitest/config';

/** `npm run test:cluster`: the tests on a real API server. One file at a time, as all of them register the same webhooks. */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/cluster/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    // What passed at the second attempt is named at the end of the run (test/summary.ts): it is a fault to be found, not a pass to be forgotten.
    retry: 1,
    // Why a test failed is read in logs.
    chaiConfig: { truncateThreshold: 2000 },
  },
});
