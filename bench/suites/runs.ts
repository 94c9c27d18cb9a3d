import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  findRuns,
  type ListRunsOptions,
  listRuns,
  metricsOfRuns,
  migrate,
  openRecords,
  type Records,
} from "../../packages/storage/src/index.ts";
import { recordRuns } from "../data/training-runs.ts";
import { median, seconds } from "../in-turns.ts";
import { atMost, type Measurement, type Run, type Suite } from "../suite.ts";

const count = 10_000;
const calls = 50;
const bare = "bare select, 50 rows by primary key";

const metric = { name: "best_rmse", min: 0.93, max: 0.94 };
const byMetric = { by: "metric", name: "best_rmse", direction: "ascending" } as const;
const pages: Readonly<Record<string, ListRunsOptions>> = {
  "the newest 50": {},
  "failed ones of an experiment": { experiment: "Experiment 3", status: "failed" },
  "the best 50 by a metric": { orderBy: byMetric },
  "within a range of a metric": { metric },
  "within a range, by another metric, of an experiment": {
    experiment: "Experiment 3",
    metric,
    orderBy: { by: "metric", name: "svd_mae", direction: "descending" },
  },
};

/** What is asked of the records; each answer has parameters and metrics. */
const questions: Readonly<Record<string, (records: Records, ids: readonly string[]) => Promise<unknown>>> = {
  [bare]: (records, ids) =>
    records
      .selectFrom("runs")
      .selectAll()
      .where("id", "in", [...ids])
      .limit(50)
      .execute(),
  ...Object.fromEntries(
    Object.entries(pages).map(([name, options]) => [
      name,
      (records: Records) => listRuns(records, { limit: 50, ...options }),
    ]),
  ),
  "the page of the middle, by a metric": async (records) => {
    middle ??= (await listRuns(records, { orderBy: byMetric, limit: count / 2 })).next!;
    return await listRuns(records, { orderBy: byMetric, limit: 50, after: middle });
  },
  "compare 10, with every fold": async (records, ids) => {
    const ten = ids.slice(0, 10);
    return [await findRuns(records, ten), await metricsOfRuns(records, ten)];
  },
};
let middle: string | undefined;

export const runs: Suite = {
  title: "Runs",
  about: `${count.toLocaleString("en-US")} runs as trainings of three models leave them, with some 50 values of metrics and 9 parameters each, in SQLite and on a
PostgreSQL of its own, both as durable as they are by default. Each question is asked ${calls} times; what is shown is the median, and the
slowest as \`worst_ms\`. The bare select reads 50 rows of the table \`runs\` by their ids, and nothing of their metrics.`,
  baselines: [bare],
  runs: ["SQLite", "PostgreSQL"].flatMap((engine) =>
    Object.entries(questions).map(
      ([name, ask]): Run => ({
        case: `${count.toLocaleString("en-US")} runs in ${engine}`,
        name,
        measure: () => (engine === "SQLite" ? onSqlite(ask) : onPostgres(ask)),
      }),
    ),
  ),
  targets: ["SQLite", "PostgreSQL"].map((engine) => ({
    says: `${engine}: every answer in less than 100 ms`,
    reached: (rows) => {
      const own = rows.filter((row) => row.case.endsWith(engine));
      return own.length === 0 ? undefined : atMost(Math.max(...own.map(worst)), 100);
    },
  })),
};

const worst = ({ figures }: Measurement) => figures?.worst_ms ?? Number.POSITIVE_INFINITY;

type Ask = (typeof questions)[string];

async function onSqlite(ask: Ask): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), "tamis-bench-"));
  try {
    return await timed(`sqlite:${join(folder, "tamis.db")}`, ask);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onPostgres(ask: Ask): Promise<Measurement> {
  const { durable, startThrowawayPostgres } = await import(
    "../../packages/storage/src/testing/throwaway-postgres.ts"
  );
  const server = await startThrowawayPostgres({ settings: durable });
  try {
    return await timed(server.url(), ask);
  } finally {
    await server.remove();
  }
}

async function timed(url: string, ask: Ask): Promise<Measurement> {
  const records = await openRecords({ dataDir: ".", records: url });
  try {
    await migrate(records);
    await recordRuns(records, count);
    const newest = await listRuns(records, { limit: 50 });
    const ids = newest.runs.map(({ runId }) => runId);
    await ask(records, ids);
    const times: number[] = [];
    for (let call = 0; call < calls; call++) times.push(await seconds(() => ask(records, ids)));
    return { seconds: median(times), figures: { worst_ms: 1000 * Math.max(...times) } };
  } finally {
    await records.destroy();
  }
}
