import { type ModelVersion, silentLog } from "@tamis/core";
import {
  countByRating,
  countStats,
  currentSnapshot,
  type Import,
  listImports,
  listRuns,
  modelCatalog,
  type RatingCount,
  type RatingStats,
  type Run,
  type SnapshotRecord,
} from "@tamis/storage";
import { modelName, type Services } from "../services.ts";

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

/** Reads the overview anew at each call: a handful of short queries. The distribution is kept by snapshot. */
export function overviewReader(services: Services): () => Promise<Overview> {
  const { records } = services.tamis;
  const distribution = distributionReader(services);
  return async () => {
    const snapshot = await currentSnapshot(records);
    const imports = await listImports(records, 10);
    return {
      stats: await countStats(records),
      snapshot,
      champion: await modelCatalog(records).find(modelName(services), "champion"),
      ratings: snapshot ? await distribution(snapshot.digest) : [],
      runs: (await listRuns(records, { limit: shownRuns })).runs,
      lastImport: imports.find(({ status }) => status === "finished"),
    };
  };
}

/** A page without its chart is better than no page: what cannot be counted is logged and not drawn. */
function distributionReader({ tamis, log = silentLog }: Services) {
  let kept: { readonly digest: string; readonly counts: readonly RatingCount[] } | undefined;
  return async (digest: string): Promise<readonly RatingCount[]> => {
    if (kept?.digest === digest) return kept.counts;
    try {
      kept = { digest, counts: await countByRating(tamis, digest) };
      return kept.counts;
    } catch (error) {
      log.error("ratings not countable", { snapshot: digest, error });
      return [];
    }
  };
}
