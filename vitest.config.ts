import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a Kubernetes, or a node of one: npm run test:cluster, npm run test:node, npm run test:knative, npm run test:schemas.
    exclude: [
      ...configDefaults.exclude,
      'test/cluster/**',
      'test/node/**',
      'test/knative/cluster/**',
      'test/schemas/**',
    ],
    globalSetup: ['test/build.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    coverage: { include: ['src/**/*.ts'] },
  },
});
