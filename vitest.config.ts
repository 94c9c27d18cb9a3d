import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const source = { conditions: ["@tamis/source"] };

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    setupFiles: ["./vitest.setup.ts"],
    // On a machine of two cores Vitest would run one file at a time, which half of the time waits for other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "packages",
          include: ["packages/*/src/**/*.test.{ts,tsx}"],
          testTimeout: 30_000,
          globalSetup: ["./packages/storage/src/testing/postgres-setup.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "examples",
          include: ["examples/**/*.test.ts", "docs/**/*.test.ts", "deploy/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
    ],
    coverage: { provider: "v8", include: ["packages/*/src/**"], exclude: ["**/*.test.*", "**/testing/**"] },
  },
});
