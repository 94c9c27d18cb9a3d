import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "@tamis/core";
import { findPostgres, startThrowawayPostgres, type ThrowawayPostgres } from "@tamis/storage/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { writePipelineModule } from "./testing/pipeline-module.ts";
import { startTamis, tamisJson } from "./testing/spawn-tamis.ts";

const absent = findPostgres() ? undefined : "there is no PostgreSQL server: apt-get install postgresql";
const noTools =
  spawnSync("pg_dump", ["--version"]).status === 0
    ? undefined
    : "there is no pg_dump: apt-get install postgresql-client";
const on = (name: string, work: () => Promise<void>, why = absent) =>
  test.skipIf(why)(`${name} ${why ?? ""}`, work, 90_000);

let server: ThrowawayPostgres;
beforeAll(async () => {
  if (!absent) server = await startThrowawayPostgres();
}, 60_000);
afterAll(() => server?.remove());

let databases = 0;

/** URL of an empty database. */
async function postgresDatabase(): Promise<string> {
  const name = `database_${++databases}`;
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`create database ${name} template template0`).finally(() => client.end());
  return server.url(name);
}

async function open() {
  const cwd = mkdtempSync(join(tmpdir(), "tamis-postgres-cli-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const url = await postgresDatabase();
  return { cwd, url, records: ["--records", url] };
}

on(
  "three workers, one killed in the middle of a run: the run is done once, handed out by pg-boss",
  async () => {
    const { cwd, records } = await open();
    writePipelineModule(cwd);
    writeFileSync(join(cwd, "slow"), "");
    const own = ["--module", "pipelines.mjs", ...records];
    const days = ["--interval-start", "2026-10-25", "--interval-end", "2026-10-26"];
    const run = ["pipeline", "run", "nightly", "--queue", ...days, ...own];
    const { run_id } = await tamisJson<{ run_id: string }>(run, { cwd });
    const start = () => {
      const running = startTamis(["worker", "--lease", "2s", ...own], { cwd });
      onTestFinished(() => void running.child.kill("SIGKILL"));
      return running;
    };
    const killed = start();
    await killed.stderrMatching(/"step":"effect"/);
    killed.child.kill("SIGKILL");
    await killed.ended;
    rmSync(join(cwd, "slow"));
    const others = [start(), start()];
    const show = () =>
      callTamisJson<{ status: string; steps: object[] }>(["pipeline", "show", run_id, ...records], { cwd });
    while ((await show()).status !== "finished") await sleep(100);
    expect((await show()).steps).toMatchObject([
      { step: "load", status: "finished" },
      { step: "effect", status: "lost" },
      { step: "effect", status: "finished" },
    ]);
    for (const { child } of others) child.kill("SIGTERM");
    for (const { ended } of others) expect(await ended).toMatchObject({ code: 0 });
  },
);

on(
  "a data set is imported, trained on by a pipeline, backed up and restored into another database",
  async () => {
    const { cwd, records } = await open();
    await callTamisJson(
      ["generate", "--ratings", "3000", "--users", "80", "--items", "100", "--out", "films"],
      { cwd },
    );
    const config = JSON.stringify({ path: "films", models: ["baseline-only"] });
    const args = ["pipeline", "run", "refresh", "--config", config, ...records];
    expect(await callTamisJson(args, { cwd })).toMatchObject({ outputs: { load: { rows: 3000 } } });
    expect(await callTamis(args, { cwd })).toMatchObject({ code: 99 });

    const { manifest } = await callTamisJson<{ manifest: object }>(["backup", "monday", ...records], { cwd });
    expect(manifest).toMatchObject({ engine: "postgres", rows: { ratings: 3000, pipeline_runs: 1 } });
    const other = ["--records", await postgresDatabase()];
    expect(await callTamisJson(["restore", "monday", ...other], { cwd })).toEqual({ manifest });
    expect(await callTamis(["restore", "monday", ...other], { cwd })).toMatchObject({ code: 6 });
    const recommend = (where: string[]) => callTamisJson(["recommend", "1", ...where], { cwd });
    expect(await recommend(other)).toEqual(await recommend(records));
    expect(await callTamis(["restore", "monday", "--data-dir", "embedded"], { cwd })).toMatchObject({
      code: 6,
    });
  },
  absent ?? noTools,
);

on(
  "PostgreSQL stopped in the middle of the import of a pipeline and started again: it finishes, every row there once",
  async () => {
    const { cwd, url, records } = await open();
    const data = ["--ratings", "60000", "--users", "500", "--items", "300", "--out", "films"];
    await callTamisJson(["generate", ...data], { cwd });
    const config = JSON.stringify({ path: "films", models: ["baseline-only"], folds: 2 });
    const running = startTamis(["pipeline", "run", "refresh", "--config", config, ...records, "--json"], {
      cwd,
    });
    onTestFinished(() => void running.child.kill("SIGKILL"));
    await running.stderrMatching(/"phase":"serving"|serving…/);
    await server.stop("crash");
    await server.start();
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toMatch(/retrying/);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, outputs: { load: { rows: 60_000 } } });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const counts = "select count(*) as rows, (select sum(ratings) from users) as total from ratings";
    const stored = await client.query(counts).finally(() => client.end());
    expect(stored.rows).toEqual([{ rows: "60000", total: "60000" }]);
  },
);

on("a migration is planned, done once, and says so", async () => {
  const { cwd, records } = await open();
  const planned = await callTamisJson(["migrate", "--dry-run", ...records], { cwd });
  expect(planned).toMatchObject({ from: 0, dry_run: true });
  expect(await callTamisJson(["migrate", ...records], { cwd })).toEqual({ ...planned, dry_run: false });
  expect(await callTamis(["migrate", ...records], { cwd })).toMatchObject({ code: 99 });
});
