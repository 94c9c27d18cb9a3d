import type { ModelVersion } from "@tamis/core";
import {
  countStats,
  currentSnapshot,
  type Import,
  listImports,
  listRuns,
  modelCatalog,
  type RatingStats,
  type Run,
  type SnapshotRecord,
} from "@tamis/storage";
import { modelName, type Services } from "../services.ts";
import { countByRating } from "./count-by-rating.ts";
import type { RatingCount } from "./rating-histogram.tsx";

/** Everything the overview shows. */
export interface Overview {
  readonly stats: RatingStats;
  readonly snapshot: SnapshotRecord | undefined;
  readonly champion: ModelVersion | undefined;
  readonly ratings: readonly RatingCount[];
  readonly runs: readonly Run[];
  readonly lastImport: Import | undefined;
}

/** The ten latest runs are shown. */
const shownRuns = 10;

/** Reads the overview anew: a handful of short queries, the histogram from the warehouse. */
export async function readOverview(services: Services): Promise<Overview> {
  const { tamis } = services;
  const { records } = tamis;
  const snapshot = await currentSnapshot(records);
  const imports = await listImports(records, 10);
  return {
    stats: await countStats(records),
    snapshot,
    champion: await modelCatalog(records).find(modelName(services), "champion"),
    ratings: snapshot ? await countByRating(tamis, snapshot) : [],
    runs: (await listRuns(records, { limit: shownRuns })).runs,
    lastImport: imports.find(({ status }) => status === "finished"),
  };
}
