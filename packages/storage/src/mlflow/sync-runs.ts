import type { ObjectStore } from "@tamis/core";
import { metricsOfRuns } from "../sql/run-history.ts";
import type { RunStores } from "../sql/run-tracker.ts";
import { artifactsOfRun, listRuns, type Run } from "../sql/runs.ts";
import type { Records } from "../sql/schema.ts";
import { findExperimentId } from "./experiments.ts";
import { findByOwnId } from "./find-mlflow-run.ts";
import { isServerFailure } from "./is-server-failure.ts";
import type { MlflowClient } from "./mlflow-client.ts";
import { newRunOf } from "./replay-spool.ts";
import { fromMlflowStatus } from "./run-facts.ts";
import type { RunWriter } from "./run-writer.ts";

export interface SyncedRuns {
  /** Runs that MLflow lacked, or had only the beginning of. */
  readonly sent: number;
  /** Runs that it had, ended as ours. */
  readonly present: number;
  /** What MLflow refused, with its reasons; the rest of such a run is there. */
  readonly refused: readonly { readonly runId: string; readonly reason: string }[];
}

/**
 * Sends the runs of the records that have ended and that MLflow does not have, with the history of their metrics and
 * their files: those from before MLflow was there.
 *
 * @param skip - runs that something else sends.
 */
export async function syncRuns(
  client: MlflowClient,
  writer: RunWriter,
  stores: RunStores,
  skip: ReadonlySet<string>,
): Promise<SyncedRuns> {
  let [sent, present] = [0, 0];
  const refused: { runId: string; reason: string }[] = [];
  for await (const run of endedRuns(stores.records)) {
    if (skip.has(run.runId)) continue;
    if (await isThere(client, run)) present++;
    else {
      const reasons = await send(writer, stores, run);
      refused.push(...reasons.map((reason) => ({ runId: run.runId, reason })));
      sent++;
    }
  }
  return { sent, present, refused };
}

async function isThere(client: MlflowClient, run: Run): Promise<boolean> {
  const experiment = await findExperimentId(client, run.experiment);
  const theirs = experiment === undefined ? undefined : await findByOwnId(client, experiment, run.runId);
  return theirs !== undefined && fromMlflowStatus(theirs.info.status) !== "running";
}

/** Oldest first. */
async function* endedRuns(records: Records): AsyncGenerator<Run> {
  let after: string | undefined;
  do {
    const page = await listRuns(records, {
      orderBy: { by: "startedAt", direction: "ascending" },
      limit: 200,
      after,
    });
    yield* page.runs.filter(({ status }) => status !== "running");
    after = page.next ?? undefined;
  } while (after !== undefined);
}

/** @returns why MLflow refused parts of it */
async function send(writer: RunWriter, stores: RunStores, run: Run): Promise<string[]> {
  const reasons: string[] = [];
  const attempt = async (work: () => Promise<void>) => {
    await work().catch((error) => {
      if (isServerFailure(error)) throw error;
      reasons.push(error instanceof Error ? error.message : String(error));
    });
  };
  await attempt(async () => {
    const runId = await writer.start(run.runId, newRunOf(run), run.startedAt);
    await attempt(() => writer.logParameters(runId, run.parameters));
    for (const { step, at, metrics } of await history(stores.records, run.runId)) {
      await attempt(() => writer.logMetrics(runId, metrics, step, at));
    }
    for (const { path, objectKey } of await artifactsOfRun(stores.records, run.runId)) {
      await attempt(async () => {
        const bytes = await readBytes(stores.objects, objectKey);
        if (bytes) await writer.logArtifact(runId, { path, bytes });
      });
    }
    const end = run.endedAt ?? run.startedAt;
    await attempt(() => writer.finish(runId, run.status, run.message ?? undefined, end));
  });
  return reasons;
}

interface Logged {
  readonly step: number;
  readonly at: Date;
  readonly metrics: Record<string, number>;
}

/** What was logged at once, by step. */
async function history(records: Records, runId: string): Promise<Logged[]> {
  const logged = new Map<string, Logged>();
  for (const { name, value, step, loggedAt: at } of await metricsOfRuns(records, [runId])) {
    const key = `${step} ${at.getTime()}`;
    const { metrics } = logged.get(key) ?? logged.set(key, { step, at, metrics: {} }).get(key)!;
    metrics[name] = value;
  }
  return [...logged.values()];
}

async function readBytes(objects: ObjectStore, key: string): Promise<Uint8Array | undefined> {
  const chunks = await objects.get(key);
  if (chunks === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}
