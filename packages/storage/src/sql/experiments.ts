import type { Records } from "./schema.ts";

/** Runs that belong together. */
export interface Experiment {
  readonly name: string;
  /** When its first run began, and its latest. */
  readonly firstAt: Date;
  readonly latestAt: Date;
}

/** The experiments that have a run, by name. */
export async function listExperiments(records: Records): Promise<Experiment[]> {
  const rows = await records
    .selectFrom("runs")
    .select("experiment")
    .select(({ fn }) => [fn.min("started_at").as("first_at"), fn.max("started_at").as("latest_at")])
    .groupBy("experiment")
    .orderBy("experiment")
    .execute();
  return rows.map(({ experiment, first_at, latest_at }) => ({
    name: experiment,
    firstAt: new Date(first_at),
    latestAt: new Date(latest_at),
  }));
}
