import { defineConfig } from 'vitest/config';

/** `npm run test:knative`: Functions under the controller and the webhook of Knative Serving, on a real API server. */
export default defineConfig({
  test: {
    include: ['test/knative/cluster/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/cluster/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 300_000,
    // Knative is compiled here the first time.
    hookTimeout: 3_600_000,
    fileParallelism: false,
  },
});
