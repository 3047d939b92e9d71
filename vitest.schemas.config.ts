import { defineConfig } from 'vitest/config';

/** `npm run test:schemas`: objects of other projects in pages and examples, against these projects' own definitions. */
export default defineConfig({
  test: {
    include: ['test/schemas/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/cluster/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 120_000,
    // Modules are downloaded here the first time.
    hookTimeout: 1_200_000,
    fileParallelism: false,
  },
});
