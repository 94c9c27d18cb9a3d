import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { postgresRecords } from "../sql/postgres.ts";
import { countingPipeline, dayRun, type Effects } from "../testing/counting-pipeline.ts";
import { expireLease } from "../testing/expire-lease.ts";
import { jobQueueContract } from "../testing/job-queue-contract.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryPostgres, temporaryRecords } from "../testing/temporary-records.ts";
import { embeddedQueue } from "./embedded.ts";
import { pgBossQueue } from "./pg-boss.ts";

const options = { leaseMs: 3000, pollMs: 50, graceMs: 1000 };

async function openTwice() {
  const { url, drop } = await temporaryDatabase("migrated");
  const [records, others] = [await postgresRecords({ url }), await postgresRecords({ url })];
  return {
    records,
    others,
    async close() {
      await records.destroy();
      await others.destroy();
      await drop();
    },
  };
}

describe.skipIf(postgresAbsent())(`queues on PostgreSQL ${postgresAbsent() ?? ""}`, () => {
  describe("handed out by pg-boss", () => {
    jobQueueContract({
      async open() {
        const { records, others, close } = await openTwice();
        const [queue, other] = await Promise.all([
          pgBossQueue(records, options),
          pgBossQueue(others, options),
        ]);
        return { queue, other, close };
      },
    });
  });

  it("are made once, in a schema of pg-boss's own, however many processes start at once", async () => {
    const { records, others, close } = await openTwice();
    onTestFinished(close);
    const queues = await Promise.all(
      [records, others, records, others].map((each) => pgBossQueue(each, options)),
    );
    await Promise.all(queues.map((queue) => queue.enqueue(dayRun("nightly"))));
    const { rows } = await sql<{ jobs: number }>`select count(*) as jobs from tamis_jobs_public.job`.execute(
      records,
    );
    expect(rows).toEqual([{ jobs: 1 }]);
  });

  it("show in pg-boss how each job ended, and hand each out once", async () => {
    const records = await temporaryPostgres();
    const queue = await pgBossQueue(records, options);
    const pipeline = countingPipeline([], () => {
      throw new RangeError("no ratings");
    });
    const runs = [await queue.enqueue(dayRun("nightly"))];
    const worker = queue.work([pipeline]);
    while ((await queue.find(runs[0]!.runId))?.status !== "failed")
      await new Promise((go) => setTimeout(go, 20));
    await worker.stop();
    const { rows } = await sql<{ state: string; retry_count: number; output: object }>`
      select state, retry_count, output from tamis_jobs_public.job`.execute(records);
    expect(rows).toMatchObject([{ state: "failed", retry_count: 0, output: { message: "no ratings" } }]);
  });

  it("offer a run anew whose job was lost, and one whose worker fell silent", async () => {
    const records = await temporaryPostgres();
    const effects: Effects = [];
    const queue = await pgBossQueue(records, options);
    const lost = await queue.enqueue(dayRun("nightly", 1));
    await sql`delete from tamis_jobs_public.job`.execute(records);
    const silent = await embeddedQueue(records).enqueue(dayRun("nightly", 2));
    await records
      .updateTable("pipeline_runs")
      .set({ status: "running", token: 1, worker: "silent" })
      .where("id", "=", silent.runId)
      .execute();
    await expireLease(records, silent.runId);
    const worker = queue.work([countingPipeline(effects)]);
    for (const { runId } of [lost, silent]) {
      while ((await queue.find(runId))?.status !== "finished") await new Promise((go) => setTimeout(go, 20));
    }
    await worker.stop();
    expect(effects).toHaveLength(4);
  });

  it("end the job of a worker that died, once its lease is over", async () => {
    const records = await temporaryPostgres();
    const queue = await pgBossQueue(records, options);
    const { runId } = await queue.enqueue(dayRun("nightly"));
    // What a worker leaves behind that took the job an hour ago and was killed.
    await sql`update tamis_jobs_public.job set state = 'active', started_on = now() - interval '1 hour'`.execute(
      records,
    );
    const held = { status: "running", token: 1, worker: "killed" } as const;
    await records.updateTable("pipeline_runs").set(held).where("id", "=", runId).execute();
    await expireLease(records, runId);
    const worker = queue.work([countingPipeline([])]);
    while ((await queue.find(runId))?.status !== "finished") await new Promise((go) => setTimeout(go, 20));
    await worker.stop();
    const { rows } = await sql`
      select state, output from tamis_jobs_public.job order by created_on`.execute(records);
    expect(rows).toMatchObject([
      { state: "failed", output: { message: expect.stringContaining("fell silent") } },
      { state: "completed" },
    ]);
  });

  it("need PostgreSQL, and say so", async () => {
    await expect(pgBossQueue(await temporaryRecords())).rejects.toMatchObject({ code: "configuration" });
  });
});
