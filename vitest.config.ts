import { defineConfig } from "vitest/config";

const source = { conditions: ["@tamis/source"] };

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    setupFiles: ["./vitest.setup.ts"],
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
          include: ["examples/**/*.test.ts", "docs/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
    ],
    coverage: { provider: "v8", include: ["packages/*/src/**"], exclude: ["**/*.test.*", "**/testing/**"] },
  },
});
