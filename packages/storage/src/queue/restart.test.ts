import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { findPipelineRun } from "../sql/pipeline-runs.ts";
import { postgresRecords } from "../sql/postgres.ts";
import { day, dayRun } from "../testing/counting-pipeline.ts";
import { findPostgres, startThrowawayPostgres } from "../testing/throwaway-postgres.ts";
import { startWorker } from "../testing/worker-process.ts";
import { openQueue } from "./open-queue.ts";

const absent = findPostgres() ? undefined : "there is no PostgreSQL server: apt-get install postgresql";

test.skipIf(absent)(
  `PostgreSQL stopped and started in the middle of pipelines: all finish, nothing is lost, nothing twice ${absent ?? ""}`,
  async () => {
    const server = await startThrowawayPostgres();
    onTestFinished(() => server.remove());
    const records = await postgresRecords({ url: server.url() });
    onTestFinished(() => records.destroy());
    await migrate(records);
    const queue = await openQueue(records);
    const dates = [1, 2, 3, 4, 5, 6];
    const runs = await Promise.all(dates.map((date) => queue.enqueue(dayRun("nightly", date))));
    const workers = ["first", "second"].map((name) => startWorker({ url: server.url(), name, stepMs: 700 }));
    for (const { nextLine } of workers) while ((await nextLine()).trim() !== "step_started effect");
    for (const pauseMs of [500, 5000]) {
      // Once for less than a lease, once for longer; each worker is in the middle of a step.
      await server.stop("in order");
      await sleep(pauseMs);
      await server.start();
      await sleep(1500);
    }
    for (const { runId } of runs) {
      for (;;) {
        const run = await findPipelineRun(records, runId);
        if (run?.status === "finished") break;
        expect(run?.status).not.toBe("failed");
        await sleep(100);
      }
    }
    const written = await records.selectFrom("users").select("id").orderBy("id").execute();
    expect(written.map(({ id }) => id)).toEqual(dates.map((date) => day(date + 1).toISOString()));
  },
  120_000,
);
