import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPostgres, startThrowawayPostgres, type ThrowawayPostgres } from "@tamis/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { startTamis } from "./testing/spawn-tamis.ts";

const absent = findPostgres() ? undefined : "there is no PostgreSQL server: apt-get install postgresql";

describe.skipIf(absent)(`the whole way on PostgreSQL ${absent ?? ""}`, () => {
  let server: ThrowawayPostgres;
  let records: string;
  let cwd: string;

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    // The server lets everybody in; what counts is that the word appears nowhere.
    records = server.url().replace("postgres@", "postgres:hunter2@");
    cwd = mkdtempSync(join(tmpdir(), "tamis-postgres-"));
    const sizes = ["--ratings", "4000", "--users", "80", "--items", "120", "--bad-rows", "8"];
    await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  }, 60_000);
  afterAll(async () => {
    await server?.remove();
    rmSync(cwd, { recursive: true, force: true });
  });

  it("imports, trains, recommends and serves what SQLite would", async () => {
    const onPostgres = ["--records", records, "--data-dir", "on-postgres"];
    const onSqlite = ["--data-dir", "on-sqlite"];
    const answers = [];
    for (const where of [onPostgres, onSqlite]) {
      const { rows, rejected, snapshot } = await callTamisJson(["import", "movielens", "films", ...where], {
        cwd,
      });
      await callTamisJson(["train", "--models", "svd,baseline-only", ...where], { cwd });
      const rejects = await callTamisJson(["rejects", ...where], { cwd });
      const { recommendations } = await callTamisJson(["recommend", "1", "-n", "5", ...where], { cwd });
      answers.push({ rows, rejected, snapshot, rejects: rejects.total, recommendations });
    }
    expect(answers[0]).toMatchObject({ rows: 4000, rejected: 8, rejects: 8 });
    expect(answers[0]).toEqual(answers[1]);

    const running = startTamis(["serve", "--port", "0", "--data-dir", "on-postgres"], {
      cwd,
      env: { TAMIS_RECORDS_URL: records },
    });
    const ready = await running.stderrMatching(/http:\/\/127\.0\.0\.1:\d+/);
    const url = /http:\/\/[\d.]+:\d+/.exec(ready)?.[0];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const answer = await fetch(`${url}/predict/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user_id: 1, n_recommendations: 5 }),
    });
    const served = (await answer.json()) as { recommendations: unknown };
    expect(served.recommendations).toMatchObject(answers[1]!.recommendations as object[]);
    running.child.kill("SIGTERM");
    expect((await running.ended).stderr).not.toContain("hunter2");
  }, 120_000);

  it("keeps the password to itself, whatever goes wrong", async () => {
    for (const [url, code] of [
      [records, 0],
      [records.replace(/postgres$/, "nowhere"), 2],
      ["postgres://tamis:hunter2@127.0.0.1:1/tamis", 75],
      ["postgres://tamis:hunter2@127.0.0.1:port/tamis", 2],
      ["postgre://tamis:h/hunter2@127.0.0.1/tamis", 2],
    ] as const) {
      for (const verb of [["rejects"], ["doctor"], ["doctor", "--json"]]) {
        const ended = await callTamis([...verb, "--records", url, "--data-dir", "on-postgres"], { cwd });
        expect(ended.stdout + ended.stderr).not.toContain("hunter2");
        if (verb[0] === "rejects") expect([url, ended.code]).toEqual([url, code]);
      }
    }
  }, 60_000);
});
