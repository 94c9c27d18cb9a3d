import { type ObjectStore, type RunTracker, TamisError } from "@tamis/core";
import { checkObjectKey } from "../objects/object-key.ts";
import { bulkInsert } from "./bulk-insert.ts";
import { newId as uuid } from "./new-id.ts";
import type { Records } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

export interface RunTrackerOptions {
  readonly now?: () => Date;
  /** @default a UUID version 7 */
  readonly newId?: () => string;
  /** Version of the program, kept with each run. */
  readonly codeVersion?: string | undefined;
  /** Facts of the machine, kept with each run. */
  readonly host?: Readonly<Record<string, string | number>> | undefined;
}

/** Where runs are kept: what is said of them, and the files they made. */
export interface RunStores {
  readonly records: Records;
  readonly objects: ObjectStore;
}

/**
 * A {@link RunTracker} in the records, its artifacts in the object store under `runs/RUN/`. Read runs back with
 * `listRuns` and `findRun`.
 */
export function runTracker({ records, objects }: RunStores, options: RunTrackerOptions = {}): RunTracker {
  const { now = () => new Date(), newId = () => uuid(now()), codeVersion, host } = options;
  return {
    async start(run) {
      const id = newId();
      const row = {
        id,
        experiment: run.experiment,
        name: run.name,
        status: "running" as const,
        snapshot: run.snapshot ?? null,
        seed: run.seed ?? null,
        tags: JSON.stringify(run.tags ?? {}),
        code_version: codeVersion ?? null,
        host: host === undefined ? null : JSON.stringify(host),
        started_at: now(),
      };
      await records.insertInto("runs").values(row).execute();
      return id;
    },
    logParameters: (runId, parameters) =>
      shortTransaction(records, (transaction) => logParameters(transaction, runId, parameters)),
    logMetrics: (runId, metrics, step = 0) =>
      shortTransaction(records, (transaction) => logMetrics(transaction, runId, metrics, step, now())),
    async logArtifact(runId, { path, bytes, contentType = "application/octet-stream" }) {
      const key = `runs/${runId}/${path}`;
      checkObjectKey(key);
      await statusOf(records, runId);
      const { sha256 } = await objects.put(key, bytes);
      const facts = { content_type: contentType, sha256, bytes: bytes.length, logged_at: now() };
      await records
        .insertInto("run_artifacts")
        .values({ run_id: runId, path, object_key: key, ...facts })
        .onConflict((conflict) => conflict.columns(["run_id", "path"]).doUpdateSet(facts))
        .execute();
    },
    finish: (runId, status, message) =>
      shortTransaction(records, async (transaction) => {
        const present = await statusOf(transaction, runId);
        if (present !== "running" && present !== status) {
          throw new TamisError("conflict", `The run ${runId} has ended already (${present}).`);
        }
        if (present !== "running") return;
        await transaction
          .updateTable("runs")
          .set({ status, message: message ?? null, ended_at: now() })
          .where("id", "=", runId)
          .execute();
      }),
  };
}

export interface AbandonedRuns {
  /** Only runs of this name. */
  readonly name?: string;
  readonly now?: () => Date;
}

/**
 * Marks runs `failed` that are `running` since before an instant: their process died.
 *
 * @returns how many there were.
 */
export async function failAbandonedRuns(
  records: Records,
  before: Date,
  { name, now = () => new Date() }: AbandonedRuns = {},
): Promise<number> {
  const message = "The process that ran it ended without closing the run.";
  let update = records
    .updateTable("runs")
    .set({ status: "failed", message, ended_at: now() })
    .where("status", "=", "running")
    .where("started_at", "<", before);
  if (name !== undefined) update = update.where("name", "=", name);
  const done = await update.executeTakeFirst();
  return Number(done.numUpdatedRows);
}

async function logParameters(
  records: Records,
  runId: string,
  parameters: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  await statusOf(records, runId);
  const stored = await records
    .selectFrom("run_parameters")
    .select(["name", "value"])
    .where("run_id", "=", runId)
    .execute();
  const known = new Map(stored.map(({ name, value }) => [name, value]));
  const changed = Object.entries(parameters).find(
    ([name, value]) => (known.get(name) ?? `${value}`) !== `${value}`,
  );
  if (changed) {
    throw new TamisError(
      "conflict",
      `The parameter “${changed[0]}” of run ${runId} is ${known.get(changed[0])} already; a parameter is set once.`,
    );
  }
  const insert = bulkInsert(records, {
    into: "run_parameters",
    columns: ["run_id", "name", "value", "type"],
    onConflict: "(run_id, name) do nothing",
  });
  await insert(
    Object.entries(parameters).flatMap(([name, value]) => [runId, name, String(value), typeof value]),
  );
}

async function logMetrics(
  records: Records,
  runId: string,
  metrics: Readonly<Record<string, number>>,
  step: number,
  loggedAt: Date,
): Promise<void> {
  await statusOf(records, runId);
  for (const [name, value] of Object.entries(metrics)) {
    if (!Number.isFinite(value)) {
      throw new TamisError("invalid_input", `The metric “${name}” is ${value}; a metric is a finite number.`);
    }
  }
  const insert = bulkInsert(records, {
    into: "run_metrics",
    columns: ["run_id", "name", "step", "value", "logged_at"],
    onConflict: "(run_id, name, step) do update set value = excluded.value, logged_at = excluded.logged_at",
  });
  await insert(Object.entries(metrics).flatMap(([name, value]) => [runId, name, step, value, loggedAt]));
}

async function statusOf(records: Records, runId: string): Promise<string> {
  const run = await records.selectFrom("runs").select("status").where("id", "=", runId).executeTakeFirst();
  if (run === undefined) throw new TamisError("not_found", `There is no run ${runId}.`);
  return run.status;
}
