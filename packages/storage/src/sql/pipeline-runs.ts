import {
  canonicalJson,
  checkInterval,
  type Failure,
  type Interval,
  type Json,
  jsonDigest,
  type PipelineConfig,
  type PipelineRun,
  type PipelineRunStatus,
  type RunKey,
  type StepRun,
  TamisError,
} from "@tamis/core";
import type { Selectable } from "kysely";
import { databaseClock } from "./clock.ts";
import { newId } from "./new-id.ts";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction, takeTurn } from "./write-transaction.ts";

/** Adds a run that waits for a worker, unless there is one for the same interval and configuration; answers its id. */
export async function addPipelineRun(
  records: Records,
  { pipeline, interval, config }: RunKey,
): Promise<string> {
  checkInterval(interval);
  const at = await databaseClock(records);
  const identity = {
    pipeline,
    interval_start: interval.start,
    interval_end: interval.end,
    config_digest: await jsonDigest(config, "The configuration"),
  };
  const row = {
    id: newId(at),
    ...identity,
    config: canonicalJson(config),
    status: "queued" as const,
    created_at: at,
  };
  await records
    .insertInto("pipeline_runs")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await records
    .selectFrom("pipeline_runs")
    .select("id")
    .where("pipeline", "=", pipeline)
    .where("interval_start", "=", interval.start)
    .where("interval_end", "=", interval.end)
    .where("config_digest", "=", identity.config_digest)
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * The same, as long as no run of the pipeline waits or is at work.
 *
 * @throws conflict, naming that run as `runId`
 */
export function addOnlyPipelineRun(records: Records, key: RunKey): Promise<string> {
  return shortTransaction(records, async (transaction) => {
    await takeTurn(transaction, `pipeline ${key.pipeline}`);
    const open = await transaction
      .selectFrom("pipeline_runs")
      .select(["id", "status"])
      .where("pipeline", "=", key.pipeline)
      .where("status", "in", ["queued", "running"])
      .executeTakeFirst();
    if (open === undefined) return await addPipelineRun(transaction, key);
    const state = open.status === "queued" ? "waits for a worker" : "is at work";
    throw new TamisError("conflict", `The run ${open.id} of “${key.pipeline}” ${state} already.`, {
      details: { runId: open.id, status: open.status },
    });
  });
}

/** Lets a run that failed or was cancelled wait for a worker once more; another one stays as it is. */
export async function resumePipelineRun(records: Records, runId: string): Promise<void> {
  await records
    .updateTable("pipeline_runs")
    .set({ status: "queued", ended_at: null, cancel_requested_at: null, error_code: null, message: null })
    .where("id", "=", runId)
    .where("status", "in", ["failed", "cancelled"])
    .execute();
}

/** The runs that have waited longest for a worker: queued, or left by a worker whose lease is over. */
export async function waitingPipelineRuns(
  records: Records,
  pipelines: readonly string[],
  limit: number,
): Promise<PipelineRun[]> {
  if (pipelines.length === 0) return [];
  const now = await databaseClock(records);
  const rows = await records
    .selectFrom("pipeline_runs")
    .selectAll()
    .where("pipeline", "in", [...pipelines])
    .where(({ or, and, eb }) =>
      or([eb("status", "=", "queued"), and([eb("status", "=", "running"), eb("lease_until", "<=", now)])]),
    )
    .orderBy("created_at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => toPipelineRun(row, []));
}

/**
 * Cancels a run: at once when no worker holds it, else it asks its worker to.
 *
 * @throws not_found; conflict when it has ended already
 */
export function cancelPipelineRun(records: Records, runId: string): Promise<void> {
  return shortTransaction(records, async (transaction) => {
    const now = await databaseClock(transaction);
    const asked = await transaction
      .updateTable("pipeline_runs")
      .set({ cancel_requested_at: now })
      .where("id", "=", runId)
      .where("status", "in", ["queued", "running"])
      .returningAll()
      .executeTakeFirst();
    if (asked === undefined) throw await notCancelled(transaction, runId);
    if (asked.status === "running" && new Date(asked.lease_until ?? 0) > now) return;
    const ended = {
      status: "cancelled",
      error_code: "aborted",
      message: "The run was cancelled.",
      ended_at: now,
    } as const;
    await transaction
      .updateTable("pipeline_runs")
      .set({ ...ended, lease_until: null })
      .where("id", "=", runId)
      .execute();
  });
}

async function notCancelled(records: Records, runId: string): Promise<TamisError> {
  const run = await findPipelineRun(records, runId);
  if (run === undefined) return new TamisError("not_found", `There is no run ${runId} of a pipeline.`);
  return new TamisError("conflict", `The run ${runId} has ended already (${run.status}).`, {
    details: { runId, status: run.status },
  });
}

/** The interval with the latest end of which this pipeline has a run. */
export async function lastPipelineInterval(
  records: Records,
  pipeline: string,
  config: PipelineConfig,
): Promise<Interval | undefined> {
  const row = await records
    .selectFrom("pipeline_runs")
    .select(["interval_start", "interval_end"])
    .where("pipeline", "=", pipeline)
    .where("config_digest", "=", await jsonDigest(config, "The configuration"))
    .orderBy("interval_end", "desc")
    .orderBy("interval_start")
    .limit(1)
    .executeTakeFirst();
  return row && { start: new Date(row.interval_start), end: new Date(row.interval_end) };
}

/** A run with every attempt of its steps. */
export async function findPipelineRun(records: Records, runId: string): Promise<PipelineRun | undefined> {
  const row = await records
    .selectFrom("pipeline_runs")
    .selectAll()
    .where("id", "=", runId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const steps = await records
    .selectFrom("step_runs")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("started_at")
    .orderBy("token")
    .orderBy("attempt")
    .execute();
  return toPipelineRun(row, steps.map(toStepRun));
}

/** The outputs of the steps of a run that are done, by the step's name. */
export async function pipelineOutputs(
  records: Records,
  runId: string,
): Promise<Readonly<Record<string, Json>>> {
  const rows = await records
    .selectFrom("step_runs")
    .select(["step", "output"])
    .where("run_id", "=", runId)
    .where("status", "=", "finished")
    .execute();
  return Object.fromEntries(rows.map(({ step, output }) => [step, JSON.parse(output ?? "null")]));
}

export interface ListPipelineRunsOptions {
  readonly pipeline?: string | undefined;
  readonly status?: PipelineRunStatus | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
}

/** Runs without their steps, the latest interval first; of one interval, the run that was added last. */
export async function listPipelineRuns(
  records: Records,
  { pipeline, status, limit = 50 }: ListPipelineRunsOptions = {},
): Promise<PipelineRun[]> {
  let query = records.selectFrom("pipeline_runs").selectAll();
  if (pipeline !== undefined) query = query.where("pipeline", "=", pipeline);
  if (status !== undefined) query = query.where("status", "=", status);
  const rows = await query.orderBy("interval_end", "desc").orderBy("id", "desc").limit(limit).execute();
  return rows.map((row) => toPipelineRun(row, []));
}

/** How many runs wait for a worker, and how many are at work. */
export async function countOpenPipelineRuns(
  records: Records,
): Promise<{ readonly queued: number; readonly running: number }> {
  const rows = await records
    .selectFrom("pipeline_runs")
    .select(({ fn }) => ["status", fn.countAll().as("runs")])
    .where("status", "in", ["queued", "running"])
    .groupBy("status")
    .execute();
  const count = (status: string) => Number(rows.find((row) => row.status === status)?.runs ?? 0);
  return { queued: count("queued"), running: count("running") };
}

function toPipelineRun(row: Selectable<Schema["pipeline_runs"]>, steps: readonly StepRun[]): PipelineRun {
  return {
    runId: row.id,
    pipeline: row.pipeline,
    interval: { start: new Date(row.interval_start), end: new Date(row.interval_end) },
    config: JSON.parse(row.config),
    status: row.status,
    worker: row.worker,
    leaseUntil: instant(row.lease_until),
    progress: row.progress === null ? null : JSON.parse(row.progress),
    failure: failureOf(row),
    cancelRequested: row.cancel_requested_at !== null,
    createdAt: new Date(row.created_at),
    startedAt: instant(row.started_at),
    endedAt: instant(row.ended_at),
    steps,
  };
}

function toStepRun(row: Selectable<Schema["step_runs"]>): StepRun {
  return {
    step: row.step,
    attempt: row.attempt,
    status: row.status,
    worker: row.worker,
    outputDigest: row.output_digest,
    failure: failureOf(row),
    startedAt: new Date(row.started_at),
    endedAt: instant(row.ended_at),
  };
}

function failureOf(row: { error_code: string | null; message: string | null }): Failure | null {
  return row.error_code === null
    ? null
    : { code: row.error_code as Failure["code"], message: row.message ?? "" };
}

function instant(value: Date | string | null): Date | null {
  return value === null ? null : new Date(value);
}
