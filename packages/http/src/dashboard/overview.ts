import { type ModelVersion, type PipelineRun, silentLog } from "@tamis/core";
import {
  countByRating,
  countStats,
  currentSnapshot,
  findSnapshot,
  type Import,
  listImports,
  listPipelineRuns,
  listRuns,
  listSnapshots,
  modelCatalog,
  type RatingCount,
  type RatingStats,
  type Records,
  type Run,
  type SnapshotRecord,
} from "@tamis/storage";
import { type Readiness, readReadiness } from "../routes/health.ts";
import { modelName, type Services } from "../services.ts";
import type { Dashboard } from "./dashboard.ts";
import { type Part, readPart } from "./part.ts";
import { readService, type ServiceView } from "./service-view.ts";

/** Everything the overview shows, part by part. */
export interface Overview {
  readonly readiness: Readiness;
  readonly service: ServiceView;
  readonly data: Part<DataSummary>;
  readonly models: Part<{ readonly champion?: ModelVersion; readonly ranker?: ModelVersion }>;
  readonly distribution: Part<readonly RatingCount[]>;
  readonly runs: Part<readonly Run[]>;
  readonly jobs: Part<readonly PipelineRun[]>;
}

export interface DataSummary {
  readonly stats: RatingStats;
  readonly snapshot: SnapshotRecord | undefined;
  /** The snapshot before the current one. */
  readonly before: SnapshotRecord | undefined;
  readonly lastImport: Import | undefined;
}

const shownRuns = 5;

/** Reads the overview anew at each call: a handful of short queries. */
export function overviewReader(
  { services, serving, metrics }: Dashboard,
  distribution: ReturnType<typeof distributionReader>,
) {
  const { log = silentLog, tamis } = services;
  const { records } = tamis;
  return async (): Promise<Overview> => {
    const [readiness, service, data, models, runs, jobs] = await Promise.all([
      readReadiness(services, serving),
      readService(metrics),
      readPart(log, "data", () => readData(records)),
      readPart(log, "models", () => readRoles(services)),
      readPart(log, "runs", async () => (await listRuns(records, { limit: shownRuns })).runs),
      readPart(log, "jobs", () => listPipelineRuns(records, { limit: shownRuns })),
    ]);
    const digest = data.value?.snapshot?.digest;
    return {
      readiness,
      service,
      data,
      models,
      runs,
      jobs,
      distribution: await readPart(log, "distribution", async () => (digest ? distribution(digest) : [])),
    };
  };
}

async function readData(records: Records): Promise<DataSummary> {
  const snapshot = await currentSnapshot(records);
  const imports = await listImports(records, 10);
  return {
    stats: await countStats(records),
    snapshot,
    before: snapshot && (await snapshotBefore(records, snapshot)),
    lastImport: imports.find(({ status }) => status === "finished"),
  };
}

async function snapshotBefore(records: Records, snapshot: SnapshotRecord) {
  if (snapshot.parent !== null) return findSnapshot(records, snapshot.parent);
  const newest = await listSnapshots(records, 50);
  return newest.find(
    ({ digest, createdAt }) => digest !== snapshot.digest && createdAt <= snapshot.createdAt,
  );
}

async function readRoles(services: Services) {
  const catalog = modelCatalog(services.tamis.records);
  const [champion, ranker] = await Promise.all([
    catalog.find(modelName(services), "champion"),
    catalog.find(modelName(services), "ranker"),
  ]);
  return { ...(champion && { champion }), ...(ranker && { ranker }) };
}

/** Counts the ratings of a snapshot by value; the last one counted is kept, for a snapshot never changes. */
export function distributionReader({ tamis }: Services): (digest: string) => Promise<readonly RatingCount[]> {
  let kept: { readonly digest: string; readonly counts: readonly RatingCount[] } | undefined;
  return async (digest) => {
    if (kept?.digest !== digest) kept = { digest, counts: await countByRating(tamis, digest) };
    return kept.counts;
  };
}
