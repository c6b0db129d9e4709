import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    coverage: { include: ['src/**'], exclude: ['src/generated/**'] },
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/engines/**'], testTimeout: 60_000 } },
      {
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
