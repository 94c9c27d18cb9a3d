import { type RejectReason, rejectReasons } from "@tamis/core";
import { sql } from "kysely";
import { countOpenPipelineRuns } from "./pipeline-runs.ts";
import { countStats, type RatingStats } from "./ratings.ts";
import type { Records } from "./schema.ts";

/** What the records tell of the work of all processes, for metrics. No ids of users, items or runs are in it. */
export interface ServiceFacts {
  readonly data: RatingStats;
  /** Runs of trainings that have ended, and those at work. */
  readonly runs: Readonly<Record<"running" | "finished" | "failed" | "cancelled", number>>;
  /** Rows of all finished imports. */
  readonly rows: { readonly accepted: number; readonly rejected: number };
  readonly rejectedByReason: Readonly<Record<RejectReason, number>>;
  readonly queue: { readonly queued: number; readonly running: number };
  readonly pipelines: readonly PipelineFacts[];
  /** How often a step was tried again after a failure. */
  readonly retries: readonly { readonly pipeline: string; readonly step: string; readonly retries: number }[];
}

/** The latest run of a pipeline that ended in a status. */
interface PipelineFacts {
  readonly pipeline: string;
  readonly status: "finished" | "failed" | "cancelled";
  readonly seconds: number;
  readonly endedAt: Date;
}

/** Reads the facts in a few small queries; none of them looks at ratings. */
export async function readServiceFacts(records: Records): Promise<ServiceFacts> {
  return {
    data: await countStats(records),
    runs: await countRuns(records),
    ...(await countImports(records)),
    queue: await countOpenPipelineRuns(records),
    pipelines: await latestPipelineRuns(records),
    retries: await countRetries(records),
  };
}

async function countRuns(records: Records): Promise<ServiceFacts["runs"]> {
  const rows = await records
    .selectFrom("runs")
    .select(({ fn }) => ["status", fn.countAll<number>().as("runs")])
    .groupBy("status")
    .execute();
  const counts = Object.fromEntries(rows.map(({ status, runs }) => [status, Number(runs)]));
  return { running: 0, finished: 0, failed: 0, cancelled: 0, ...counts };
}

async function countImports(records: Records): Promise<Pick<ServiceFacts, "rows" | "rejectedByReason">> {
  const imports = await records
    .selectFrom("imports")
    .select(["rows", "rejected", "rejected_by_reason"])
    .where("status", "=", "finished")
    .execute();
  const rejectedByReason = Object.fromEntries(rejectReasons.map((reason) => [reason, 0])) as Record<
    RejectReason,
    number
  >;
  for (const { rejected_by_reason } of imports) {
    const counts: Partial<Record<RejectReason, number>> = JSON.parse(rejected_by_reason ?? "{}");
    for (const reason of rejectReasons) rejectedByReason[reason] += counts[reason] ?? 0;
  }
  const sum = (of: "rows" | "rejected") => imports.reduce((all, row) => all + Number(row[of] ?? 0), 0);
  return { rows: { accepted: sum("rows"), rejected: sum("rejected") }, rejectedByReason };
}

async function latestPipelineRuns(records: Records): Promise<PipelineFacts[]> {
  const latest = records
    .selectFrom("pipeline_runs")
    .select(({ fn }) => fn.max("id").as("id")) // ids sort by the time they were made
    .where("status", "in", ["finished", "failed", "cancelled"])
    .where("ended_at", "is not", null)
    .groupBy(["pipeline", "status"]);
  const rows = await records
    .selectFrom("pipeline_runs")
    .select(["pipeline", "status", "created_at", "started_at", "ended_at"])
    .where("id", "in", latest)
    .execute();
  return rows.map(({ pipeline, status, created_at, started_at, ended_at }) => {
    const endedAt = new Date(ended_at!);
    return {
      pipeline,
      status: status as PipelineFacts["status"],
      seconds: Math.max(0, (endedAt.getTime() - new Date(started_at ?? created_at).getTime()) / 1000),
      endedAt,
    };
  });
}

async function countRetries(records: Records): Promise<ServiceFacts["retries"]> {
  const rows = await records
    .selectFrom("step_runs")
    .innerJoin("pipeline_runs", "pipeline_runs.id", "step_runs.run_id")
    .select(["pipeline_runs.pipeline", "step_runs.step"])
    .select(sql<number>`sum(case when step_runs.attempt > 1 then 1 else 0 end)`.as("retries"))
    .groupBy(["pipeline_runs.pipeline", "step_runs.step"])
    .execute();
  return rows.map(({ pipeline, step, retries }) => ({ pipeline, step, retries: Number(retries) }));
}
