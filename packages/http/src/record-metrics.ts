import { type ModelVersion, silentLog } from "@tamis/core";
import { type DriftDocument, defaultBaseline, isNotable, parseDriftBaseline, simpleDrift } from "@tamis/ml";
import { driftPorts, modelCatalog, readServiceFacts, type ServiceFacts } from "@tamis/storage";
import type { Registry } from "prom-client";
import { createRecordInstruments, type RecordInstruments } from "./record-instruments.ts";
import { modelName, type Services } from "./services.ts";

/** How long what was read is shown again, in milliseconds. */
const freshForMs = 5_000;

/** What is read for a scrape. */
interface Readings {
  readonly facts: ServiceFacts;
  readonly champion: ModelVersion | undefined;
  /** The latest report, and whether the figures of the data differ from the baseline now. */
  readonly drift: { readonly report: DriftDocument | undefined; readonly figures: boolean };
}

/**
 * Metrics of what the records remember: trainings, imports, pipelines, the champion, drift. They are read when asked
 * for, so that the work of every process counts, and not more than once in 5 s. When the records cannot be read, the
 * former values stay and `records_up` is 0.
 *
 * @returns brings them up to date; never rejects
 */
export function recordMetrics(services: Services, registry: Registry): () => Promise<void> {
  const { log = silentLog, now = () => new Date() } = services;
  const instruments = createRecordInstruments(registry);
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    try {
      show(instruments, await readAll(services), now());
      instruments.up.set(1);
      readAt = now().getTime();
    } catch (error) {
      log.error("metrics of the records not readable", { error });
      instruments.up.set(0);
    }
  }
  return () => {
    if (now().getTime() - readAt < freshForMs) return Promise.resolve();
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

async function readAll(services: Services): Promise<Readings> {
  const { tamis } = services;
  const { counts, store } = driftPorts(tamis);
  const [latest] = await store.listReports({ baseline: defaultBaseline, limit: 1 });
  const baseline = await store.findBaseline(defaultBaseline);
  const before = baseline && (await parseDriftBaseline(baseline.document)).figures;
  const changes = before ? Object.values(simpleDrift(before, await counts.figures())) : [];
  return {
    facts: await readServiceFacts(tamis.records),
    champion: await modelCatalog(tamis.records).find(modelName(services), "champion"),
    drift: {
      report: latest?.document as DriftDocument | undefined,
      figures: changes.some(({ status }) => status === "drift"),
    },
  };
}

function show(to: RecordInstruments, { facts, champion, drift }: Readings, now: Date): void {
  for (const gauge of [to.modelAge, to.modelMetric, to.pipelineSeconds, to.pipelineSuccess]) gauge.reset();
  for (const gauge of [to.driftScore, to.driftEffect, to.driftDetected, to.driftReport]) gauge.reset();
  showFacts(to, facts);
  if (champion) {
    const { model, createdAt, metrics } = champion;
    to.modelAge.set({ model }, (now.getTime() - createdAt.getTime()) / 1000);
    for (const [metric, value] of Object.entries(metrics)) to.modelMetric.set({ model, metric }, value);
  }
  const { report, figures } = drift;
  to.dataDrift.set(figures || report?.verdict === "drift" ? 1 : 0);
  to.driftedRatio.set(report?.drifted_columns.share ?? 0);
  if (report) showReport(to, report);
}

function showFacts(to: RecordInstruments, facts: ServiceFacts): void {
  const { data, runs, rows, rejectedByReason, queue, pipelines, retries } = facts;
  to.ratings.set(data.ratings);
  to.users.set(data.users);
  to.items.set(data.items);
  to.averageRating.set(data.averageRating ?? 0);
  for (const counter of [to.trainings, to.ingested, to.refused, to.retries]) counter.reset();
  for (const status of ["finished", "failed", "cancelled"] as const) {
    to.trainings.inc({ status }, runs[status]);
  }
  to.trainingsOpen.set(runs.running);
  to.ingested.inc({ outcome: "accepted" }, rows.accepted);
  to.ingested.inc({ outcome: "rejected" }, rows.rejected);
  for (const [rule, count] of Object.entries(rejectedByReason)) to.refused.inc({ rule }, count);
  for (const status of ["queued", "running"] as const) to.pipelinesOpen.set({ status }, queue[status]);
  for (const { pipeline, status, seconds, endedAt } of pipelines) {
    to.pipelineSeconds.set({ pipeline, status }, seconds);
    if (status === "finished") to.pipelineSuccess.set({ pipeline }, endedAt.getTime() / 1000);
  }
  for (const { pipeline, step, retries: count } of retries) to.retries.inc({ pipeline, step }, count);
}

function showReport(to: RecordInstruments, { checks, created_at }: DriftDocument): void {
  to.driftReport.set(Date.parse(created_at) / 1000);
  const columns = new Set(checks.map(({ column }) => column));
  for (const column of columns) {
    const drifted = checks.some((check) => check.column === column && isNotable(check));
    to.driftDetected.set({ column }, drifted ? 1 : 0);
  }
  for (const { column, check, method, score, effect } of checks) {
    if (score !== null) to.driftScore.set({ column, check, method }, score);
    if (effect !== null) to.driftEffect.set({ column, check }, effect);
  }
}
