import { hostname } from "node:os";
import {
  type Claim,
  type ClaimOptions,
  type IncidentChange,
  type Lease,
  type LedgerEntry,
  type RunLedger,
  TamisError,
} from "@tamis/core";
import type { Selectable } from "kysely";
import { databaseClock } from "./clock.ts";
import { noteFailure, noteSuccess } from "./incidents.ts";
import { addPipelineRun } from "./pipeline-runs.ts";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

export interface RunLedgerOptions {
  /** Who works, for people who look. @default the name of the machine and the number of the process */
  readonly worker?: string;
}

/** A {@link RunLedger} in the records, by the clock of the database. */
export function runLedger(records: Records, options: RunLedgerOptions = {}): RunLedger {
  const { worker = `${hostname()}:${process.pid}` } = options;
  return {
    async claim(run, claimOptions) {
      const runId = await addPipelineRun(records, run);
      return await shortTransaction(records, (transaction) =>
        claim(transaction, runId, worker, claimOptions),
      );
    },
    renew: (lease, leaseMs, progress) =>
      shortTransaction(records, async (transaction) => {
        const now = await databaseClock(transaction);
        const renewed = await held(transaction, lease)
          .set({
            lease_until: new Date(now.getTime() + leaseMs),
            ...(progress && { progress: JSON.stringify(progress) }),
          })
          .returning("cancel_requested_at")
          .executeTakeFirst();
        if (renewed === undefined) throw lost(lease);
        return { cancelRequested: renewed.cancel_requested_at !== null };
      }),
    record: (lease, entry) =>
      shortTransaction(records, (transaction) => record(transaction, lease, entry, worker)),
  };
}

type Run = Selectable<Schema["pipeline_runs"]>;

async function claim(
  records: Records,
  runId: string,
  worker: string,
  { leaseMs, resume = false }: ClaimOptions,
): Promise<Claim> {
  const now = await databaseClock(records);
  // Touched first, so that two claims at once come one after the other on every engine.
  const run = await records
    .updateTable("pipeline_runs")
    .set(({ ref }) => ({ status: ref("status") }))
    .where("id", "=", runId)
    .returningAll()
    .executeTakeFirstOrThrow();
  const refusal = await refusalOf(records, run, now, resume);
  if (refusal) return refusal;
  const token = run.token + 1;
  // A worker that let its lease run out died, or was paused; one that ended properly left another status.
  const lostWorkers = run.status === "running" ? run.lost_workers + 1 : 0;
  await records
    .updateTable("pipeline_runs")
    .set({
      status: "running",
      token,
      worker,
      lease_until: new Date(now.getTime() + leaseMs),
      lost_workers: lostWorkers,
      ...(run.status !== "running" && { cancel_requested_at: null }),
      error_code: null,
      message: null,
      started_at: run.started_at === null ? now : new Date(run.started_at),
      ended_at: null,
    })
    .where("id", "=", runId)
    .execute();
  await records
    .updateTable("step_runs")
    .set({ status: "lost", ended_at: now })
    .where("run_id", "=", runId)
    .where("status", "=", "running")
    .execute();
  const steps = await stepsOf(records, runId);
  return {
    outcome: "claimed",
    lease: { runId, token },
    outputs: outputsOf(steps),
    attempts: Object.fromEntries(steps.map(({ step, attempt }) => [step, attempt])),
    lostWorkers,
  };
}

async function refusalOf(records: Records, run: Run, now: Date, resume: boolean): Promise<Claim | undefined> {
  if (run.status === "finished") {
    return { outcome: "already_done", runId: run.id, outputs: outputsOf(await stepsOf(records, run.id)) };
  }
  const until = new Date(run.lease_until ?? 0);
  if (run.status === "running" && until > now) {
    return { outcome: "held", runId: run.id, worker: run.worker ?? "", until };
  }
  if (!resume && (run.status === "failed" || run.status === "cancelled")) {
    return { outcome: "ended", runId: run.id, status: run.status };
  }
  return undefined;
}

type StepRow = Selectable<Schema["step_runs"]>;

/** In order of attempt, so that the last one comes last. */
function stepsOf(records: Records, runId: string): Promise<StepRow[]> {
  return records.selectFrom("step_runs").selectAll().where("run_id", "=", runId).orderBy("attempt").execute();
}

function outputsOf(steps: readonly StepRow[]) {
  const finished = steps.filter(({ status }) => status === "finished");
  return Object.fromEntries(finished.map(({ step, output }) => [step, JSON.parse(output ?? "null")]));
}

/** An update of the run as long as the lease on it holds. */
function held(records: Records, { runId, token }: Lease) {
  return records
    .updateTable("pipeline_runs")
    .where("id", "=", runId)
    .where("token", "=", token)
    .where("status", "=", "running");
}

async function record(
  records: Records,
  lease: Lease,
  entry: LedgerEntry,
  worker: string,
): Promise<IncidentChange | null> {
  const at = await databaseClock(records);
  if ("step" in entry) {
    const { numUpdatedRows } = await held(records, lease).set({ token: lease.token }).executeTakeFirst();
    if (numUpdatedRows === 0n) throw lost(lease);
    await recordStep(records, lease, entry, worker, at);
    return null;
  }
  return await recordEnd(records, lease, entry, at);
}

async function recordStep(
  records: Records,
  { runId, token }: Lease,
  entry: Extract<LedgerEntry, { step: string }>,
  worker: string,
  at: Date,
): Promise<void> {
  const { step, attempt } = entry;
  if (entry.type === "step_started") {
    const row = { run_id: runId, step, attempt, token, status: "running" as const, worker, started_at: at };
    await records
      .insertInto("step_runs")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return;
  }
  const outcome =
    entry.type === "step_finished"
      ? { status: "finished" as const, output: entry.output, output_digest: entry.outputDigest }
      : {
          status: entry.type === "step_failed" ? ("failed" as const) : ("cancelled" as const),
          error_code: entry.failure.code,
          message: entry.failure.message,
        };
  await records
    .updateTable("step_runs")
    .set({ ...outcome, ended_at: at })
    .where("run_id", "=", runId)
    .where("step", "=", step)
    .where("attempt", "=", attempt)
    .where("status", "=", "running")
    .execute();
}

const endings = {
  run_finished: "finished",
  run_failed: "failed",
  run_cancelled: "cancelled",
  run_released: "queued",
} as const;

async function recordEnd(
  records: Records,
  lease: Lease,
  entry: Exclude<LedgerEntry, { step: string }>,
  at: Date,
): Promise<IncidentChange | null> {
  const status = endings[entry.type];
  const failure = "failure" in entry && status !== "queued" ? entry.failure : undefined;
  const ended = await held(records, lease)
    .set({
      status,
      lease_until: null,
      progress: null,
      error_code: failure?.code ?? null,
      message: failure?.message ?? null,
      ended_at: status === "queued" ? null : at,
    })
    .returning("pipeline")
    .executeTakeFirst();
  if (ended === undefined) return await recordedEnd(records, lease, status);
  const ending = { pipeline: ended.pipeline, runId: lease.runId, at };
  if (status === "failed") return await noteFailure(records, ending);
  return status === "finished" ? await noteSuccess(records, ending) : null;
}

/** The same end once more: its answer was lost on the way, and what it meant for the incident with it. */
async function recordedEnd(records: Records, lease: Lease, status: string): Promise<null> {
  const run = await records
    .selectFrom("pipeline_runs")
    .select("id")
    .where("id", "=", lease.runId)
    .where("token", "=", lease.token)
    .where("status", "=", status as Run["status"])
    .executeTakeFirst();
  if (run === undefined) throw lost(lease);
  return null;
}

function lost({ runId }: Lease): TamisError {
  return new TamisError(
    "conflict",
    `The run ${runId} was taken over by another worker, or has ended; what this one did since counts for nothing.`,
    { details: { runId } },
  );
}
