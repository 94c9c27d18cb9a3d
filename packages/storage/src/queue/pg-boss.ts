import { type JobQueue, type PipelineRun, retry, TamisError } from "@tamis/core";
import { CompiledQuery, sql } from "kysely";
import type PgBoss from "pg-boss";
import { engineOf } from "../sql/engine.ts";
import { findPipelineRun, waitingPipelineRuns } from "../sql/pipeline-runs.ts";
import type { Records } from "../sql/schema.ts";
import { type Handout, ledgerQueue, type QueueOptions, type TakenRun } from "./ledger-queue.ts";

/** A job: a run of the ledger waits. There is one queue of pg-boss for each pipeline, called as it is. */
interface Job {
  readonly run_id: string;
}

/**
 * Retries and leases are the ledger's: pg-boss hands a job out once. 24 h is the longest it lets one be at work; one
 * whose worker died is ended by us, when its lease is over.
 */
const jobOptions = { policy: "short", retryLimit: 0, expireInSeconds: 86_399 } as const;

/** Most runs that are offered anew at one look. */
const mostOffers = 100;
const maintenanceMs = 60_000;

/**
 * A {@link JobQueue} for many worker processes: pg-boss hands waiting runs out on the server of the records, in a schema
 * of its own (`tamis_jobs_` and the name of theirs) and over their connections. Which runs there are, who has one and
 * what became of it stays in the ledger: a job that was lost is offered anew, one too many does nothing.
 *
 * @throws configuration without the package pg-boss, or on records that are not in PostgreSQL
 *
 * @example
 * const queue = await pgBossQueue(tamis.records);
 * const worker = queue.work([nightly], { concurrency: 4 });
 */
export async function pgBossQueue(records: Records, options: QueueOptions = {}): Promise<JobQueue> {
  const { leaseMs = 30_000 } = options;
  const schema = await bossSchema(records);
  const boss = await startBoss(records, schema);
  const queues = new Map<string, Promise<void>>();
  let turn = 0;
  let lookAt = 0;
  let maintainAt = performance.now() + maintenanceMs;

  async function offer({ pipeline, runId }: PipelineRun): Promise<void> {
    if (!queues.has(pipeline)) queues.set(pipeline, makeQueue(pipeline));
    await queues.get(pipeline);
    const job: Job = { run_id: runId };
    await boss.send(pipeline, job, { singletonKey: runId }); // nothing when it waits already
  }

  /** Two that make a queue at once stand in each other's way: one of them does it again. */
  async function makeQueue(name: string): Promise<void> {
    try {
      await retry(() => boss.createQueue(name, { name, ...jobOptions }), { baseMs: 100 });
    } catch (error) {
      queues.delete(name);
      throw error;
    }
  }

  /** Offers what the ledger says is waiting: runs whose worker died, and those whose job was lost. */
  async function lookAround(pipelines: readonly string[]): Promise<void> {
    const now = performance.now();
    if (now >= lookAt) {
      lookAt = now + leaseMs / 3;
      await endSilent(pipelines);
      for (const run of await waitingPipelineRuns(records, pipelines, mostOffers)) await offer(run);
    }
    if (now >= maintainAt) {
      maintainAt = now + maintenanceMs;
      await boss.maintain();
    }
  }

  /** For those who look at pg-boss: a job whose worker died, or lost its run, is at work no more. */
  async function endSilent(pipelines: readonly string[]): Promise<void> {
    const { rows } = await sql<{ id: string; name: string }>`
      select job.id, job.name from ${sql.table(`${schema}.job`)} as job
      where job.name in (${sql.join(pipelines)}) and job.state = 'active'
      and job.started_on < clock_timestamp() - ${leaseMs} * interval '1 millisecond'
      and not exists (
        select from pipeline_runs as run
        where run.id = job.data ->> 'run_id' and run.status = 'running' and run.lease_until > clock_timestamp()
      )`.execute(records);
    for (const { id, name } of rows) await boss.fail(name, id, { message: "Its worker fell silent." });
  }

  const handout: Handout = {
    offer,
    async take(pipelines) {
      await lookAround(pipelines);
      turn++;
      for (const [at] of pipelines.entries()) {
        const name = pipelines[(at + turn) % pipelines.length]!;
        const [job] = await boss.fetch<Job>(name);
        const run = job && (await findPipelineRun(records, job.data.run_id));
        if (run) return { run, done: () => close(name, job.id, run.runId) } satisfies TakenRun;
      }
      return undefined;
    },
  };

  /** For those who look at pg-boss: the job ends as its run did. */
  async function close(name: string, jobId: string, runId: string): Promise<void> {
    const run = await findPipelineRun(records, runId);
    if (run?.status === "failed") await boss.fail(name, jobId, { ...run.failure });
    else await boss.complete(name, jobId, { status: run?.status ?? "gone" });
  }

  return ledgerQueue(records, handout, options);
}

/** The schema of pg-boss: named after that of the records. @throws configuration on records that are not in PostgreSQL */
async function bossSchema(records: Records): Promise<string> {
  const { broker, ownSchema } = engineOf(records);
  if (broker !== "pg-boss" || ownSchema === undefined) {
    throw new TamisError(
      "configuration",
      "pg-boss needs records in PostgreSQL; use the embedded queue here.",
    );
  }
  const { rows } = await sql<{ name: string }>`select ${sql.raw(ownSchema)} as name`.execute(records);
  return `tamis_jobs_${rows[0]?.name ?? ""}`.replace(/\W/g, "_").slice(0, 50);
}

async function startBoss(records: Records, schema: string): Promise<PgBoss> {
  const Boss = await loadPgBoss();
  const boss = new Boss({
    schema,
    db: { executeSql: (text, values) => executeSql(records, text, values) },
    // No timers: what they would do, workers do when they look around.
    supervise: false,
    schedule: false,
  });
  return await boss.start();
}

/** pg-boss sends whole transactions as one text: one that fails half-way must not stay open on its connection. */
function executeSql(records: Records, text: string, values: readonly unknown[] = []) {
  return records.connection().execute(async (connection) => {
    try {
      const { rows } = await connection.executeQuery(CompiledQuery.raw(text, [...values]));
      return { rows: rows ?? [] };
    } catch (error) {
      await connection.executeQuery(CompiledQuery.raw("rollback")).catch(() => {});
      throw error;
    }
  });
}

async function loadPgBoss(): Promise<typeof PgBoss> {
  try {
    return (await import("pg-boss")).default;
  } catch (error) {
    throw new TamisError(
      "configuration",
      "The job queue on PostgreSQL needs the package pg-boss. Install it with: npm install pg-boss@10",
      { cause: error },
    );
  }
}
