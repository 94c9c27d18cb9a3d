import type { Records } from "./schema.ts";

/** One value of a metric of a run. */
export interface MetricPoint {
  readonly runId: string;
  readonly name: string;
  readonly step: number;
  readonly value: number;
  readonly loggedAt: Date;
}

/** Every value of every metric of some runs, by name and step; `findRun` has the latest only. */
export async function metricsOfRuns(records: Records, runIds: readonly string[]): Promise<MetricPoint[]> {
  if (runIds.length === 0) return [];
  const rows = await records
    .selectFrom("run_metrics")
    .select(["run_id", "name", "step", "value", "logged_at"])
    .where("run_id", "in", [...runIds])
    .orderBy("name")
    .orderBy("step")
    .orderBy("run_id")
    .execute();
  return rows.map(({ run_id, logged_at, ...point }) => ({
    runId: run_id,
    ...point,
    loggedAt: new Date(logged_at),
  }));
}

/** What runs can be filtered and sorted by: the experiments there are, and the metrics of the latest 200 runs. */
export async function runFacets(
  records: Records,
): Promise<{ readonly experiments: string[]; readonly metrics: string[] }> {
  const latest = records.selectFrom("runs").select("id").orderBy("started_at", "desc").limit(200);
  const [experiments, metrics] = await Promise.all([
    records.selectFrom("runs").select("experiment").distinct().orderBy("experiment").execute(),
    records
      .selectFrom("run_metrics")
      .select("name")
      .distinct()
      .where("run_id", "in", ({ selectFrom }) => selectFrom(latest.as("latest")).select("latest.id"))
      .orderBy("name")
      .execute(),
  ]);
  return {
    experiments: experiments.map(({ experiment }) => experiment),
    metrics: metrics.map(({ name }) => name),
  };
}
