import type { Suite } from "./suite.ts";

/** Every suite, in the order of the report. One that is not measured is not loaded: its modules would be in every row's memory. */
export const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  svd: async () => (await import("./suites/svd.ts")).svd,
  "time-to-accuracy": async () => (await import("./suites/time-to-accuracy.ts")).timeToAccuracy,
  "svd-plus-plus": async () => (await import("./suites/svd-plus-plus.ts")).svdPlusPlus,
  knn: async () => (await import("./suites/knn.ts")).knn,
  ials: async () => (await import("./suites/ials.ts")).ials,
  bpr: async () => (await import("./suites/bpr.ts")).bpr,
  ease: async () => (await import("./suites/ease.ts")).ease,
  "top-n": async () => (await import("./suites/top-n.ts")).topN,
  large: async () => (await import("./suites/large.ts")).large,
  parity: async () => (await import("./suites/parity.ts")).parity,
  accuracy: async () => (await import("./suites/accuracy.ts")).accuracy,
  presets: async () => (await import("./suites/presets.ts")).presetSuite,
  ranking: async () => (await import("./suites/ranking.ts")).ranking,
  drift: async () => (await import("./suites/drift.ts")).drift,
  import: async () => (await import("./suites/import.ts")).importing,
  postgres: async () => (await import("./suites/postgres.ts")).postgres,
  runs: async () => (await import("./suites/runs.ts")).runs,
  s3: async () => (await import("./suites/s3.ts")).s3,
  serving: async () => (await import("./suites/serving.ts")).serving,
};
