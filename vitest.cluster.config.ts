import { defineConfig } from 'vitest/config';

/** `npm run test:cluster`: the tests on a real API server. One file at a time, as all of them register the same webhooks. */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/cluster/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
