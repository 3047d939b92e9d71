import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a Kubernetes: npm run test:cluster.
    exclude: [...configDefaults.exclude, 'test/cluster/**'],
    globalSetup: ['test/build.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    coverage: { include: ['src/**/*.ts'] },
  },
});
