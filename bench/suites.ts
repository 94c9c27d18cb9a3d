import type { Suite } from "./suite.ts";
import { accuracy } from "./suites/accuracy.ts";
import { bpr } from "./suites/bpr.ts";
import { ease } from "./suites/ease.ts";
import { ials } from "./suites/ials.ts";
import { importing } from "./suites/import.ts";
import { knn } from "./suites/knn.ts";
import { large } from "./suites/large.ts";
import { parity } from "./suites/parity.ts";
import { postgres } from "./suites/postgres.ts";
import { presetSuite } from "./suites/presets.ts";
import { ranking } from "./suites/ranking.ts";
import { s3 } from "./suites/s3.ts";
import { svd } from "./suites/svd.ts";
import { svdPlusPlus } from "./suites/svd-plus-plus.ts";
import { timeToAccuracy } from "./suites/time-to-accuracy.ts";
import { topN } from "./suites/top-n.ts";

/** Every suite, in the order of the report. */
export const suites: Readonly<Record<string, Suite>> = {
  svd,
  "time-to-accuracy": timeToAccuracy,
  "svd-plus-plus": svdPlusPlus,
  knn,
  ials,
  bpr,
  ease,
  "top-n": topN,
  large,
  postgres,
  parity,
  accuracy,
  presets: presetSuite,
  ranking,
  import: importing,
  s3,
};
