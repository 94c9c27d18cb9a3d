import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { findPipelineRun, listPipelineRuns } from "../sql/pipeline-runs.ts";
import { postgresRecords } from "../sql/postgres.ts";
import { runLedger } from "../sql/run-ledger.ts";
import type { Records } from "../sql/schema.ts";
import { sqliteRecords } from "../sql/sqlite.ts";
import { day, dayRun } from "../testing/counting-pipeline.ts";
import type { StartedModule } from "../testing/start-module.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { startWorker } from "../testing/worker-process.ts";
import { openQueue } from "./open-queue.ts";

/** Empty records, opened, and their URL. */
type Open = () => Promise<{ url: string; records: Records }>;

const onSqlite: Open = async () => {
  const path = join(await temporaryFolder(), "tamis.db");
  const records = await sqliteRecords({ path });
  onTestFinished(() => records.destroy());
  await migrate(records);
  return { url: `sqlite:${path}`, records };
};

const onPostgres: Open = async () => {
  const { url, drop } = await temporaryDatabase("migrated");
  const records = await postgresRecords({ url });
  onTestFinished(async () => {
    await records.destroy();
    await drop();
  });
  return { url, records };
};

/** Lines up to and with the wanted one. */
async function linesUntil({ nextLine }: StartedModule, wanted: string): Promise<string[]> {
  const lines: string[] = [];
  while (lines.at(-1) !== wanted) lines.push((await nextLine()).trim());
  return lines;
}

const effects = async (records: Records) =>
  (await records.selectFrom("users").select("id").orderBy("id").execute()).map(({ id }) => id);

describe.each([
  ["SQLite", onSqlite, undefined],
  ["PostgreSQL", onPostgres, postgresAbsent()],
])("workers in several processes on %s", (_engine, open, absent) => {
  const it = (name: string, work: () => Promise<void>) =>
    test.skipIf(absent)(`${name}${absent ? ` (${absent})` : ""}`, work, 60_000);

  it("take over what a killed worker had in hand, do its step again and its effect once", async () => {
    const { url, records } = await open();
    const { runId } = await (await openQueue(records)).enqueue(dayRun("nightly"));
    const killed = startWorker({ url, name: "killed", stuck: true });
    await linesUntil(killed, "begun");
    killed.child.kill("SIGKILL");
    expect(await killed.exit).toBeNull();
    const others = ["second", "third"].map((name) => startWorker({ url, name }));
    const lines = await Promise.race(others.map((other) => linesUntil(other, "run_finished")));
    expect(lines).toContain("step_skipped prepare");
    expect(await effects(records)).toEqual([day(2).toISOString()]);
    const run = await findPipelineRun(records, runId);
    expect(run?.status).toBe("finished");
    expect(run?.steps.map(({ step, attempt, status }) => `${step} ${attempt} ${status}`)).toEqual([
      ...["prepare 1 finished", "effect 1 lost", "effect 2 finished"],
    ]);
  });

  it("that were only paused are told so when they wake, and nothing they did since counts", async () => {
    const { url, records } = await open();
    await (await openQueue(records)).enqueue(dayRun("nightly"));
    const paused = startWorker({ url, name: "paused", stuck: true });
    await linesUntil(paused, "begun");
    paused.child.kill("SIGSTOP");
    await linesUntil(startWorker({ url, name: "second" }), "run_finished");
    paused.child.kill("SIGCONT");
    // Its next heartbeat finds out; the step that never ends is left behind after its grace.
    await linesUntil(paused, "run_lost");
    expect(await effects(records)).toEqual([day(2).toISOString()]);
  });

  it("with a clock an hour ahead leave a living worker its run", async () => {
    const { url, records } = await open();
    const { runId } = await (await openQueue(records)).enqueue(dayRun("nightly"));
    const slow = startWorker({ url, name: "slow", stuck: true });
    await linesUntil(slow, "begun");
    const ahead = startWorker({ url, name: "ahead", aheadMs: 3_600_000 });
    await linesUntil(ahead, "ready");
    const other = await (await openQueue(records)).enqueue(dayRun("nightly", 2));
    // It does the other run, so it was looking.
    await linesUntil(ahead, "run_finished");
    expect(await findPipelineRun(records, other.runId)).toMatchObject({
      worker: "ahead",
      status: "finished",
    });
    expect(await findPipelineRun(records, runId)).toMatchObject({ worker: "slow", status: "running" });
    const claim = await runLedger(records).claim(dayRun("nightly"), { leaseMs: 1000 });
    expect(claim).toMatchObject({ outcome: "held", worker: "slow" });
  });

  it("and several schedulers run each interval once, one of them with a clock an hour ahead", async () => {
    const { url, records } = await open();
    const schedulers = [0, 0, 3_600_000].map((aheadMs, index) =>
      startWorker({ url, name: `scheduler ${index}`, scheduler: true, aheadMs }),
    );
    const seen = async (finished: number) => {
      for (;;) {
        const done = await listPipelineRuns(records, { status: "finished", limit: 1000 });
        if (done.length >= finished) return done;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await seen(2);
    // Two of three die; intervals that ended meanwhile are made up for by the one that lives.
    for (const { child } of schedulers.slice(1)) child.kill("SIGKILL");
    await seen(6);
    // One that a killed worker had in hand may still wait for its lease to end.
    const runs = (await listPipelineRuns(records, { limit: 1000 })).reverse();
    const ends = runs.map(({ interval }) => interval.end.getTime());
    for (const [index, { interval }] of runs.entries()) {
      expect(interval.end.getTime() - interval.start.getTime()).toBe(1000);
      if (index > 0) expect(interval.start.getTime()).toBe(ends[index - 1]);
    }
    const written = await effects(records);
    expect(new Set(written).size).toBe(written.length);
    const finished = runs.filter(({ status }) => status === "finished");
    expect(written).toEqual(
      expect.arrayContaining(finished.map(({ interval }) => interval.end.toISOString())),
    );
    const now = Date.now();
    for (const end of ends) expect(end).toBeLessThanOrEqual(now);
  });
});
