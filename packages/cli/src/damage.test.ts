import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { startTamis } from "./testing/spawn-tamis.ts";

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-damage-"));
  const sizes = ["--ratings", "2000", "--users", "50", "--items", "100"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamisJson(["import", "movielens", "films", "--data-dir", "whole"], { cwd });
  await callTamisJson(["train", "--models", "baseline-only", "--data-dir", "whole"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** A copy of the prepared data folder, to be damaged. */
function copy(name: string): string {
  cpSync(join(cwd, "whole"), join(cwd, name), { recursive: true });
  return name;
}

/** Files below a folder whose name ends like this. */
function filesEnding(folder: string, ending: string): string[] {
  return readdirSync(join(cwd, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(cwd, folder, path));
}

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

it("doctor finds a whole data folder in order", async () => {
  const { ok, checks } = await callTamisJson<{ ok: boolean; checks: { check: string; status: string }[] }>(
    ["doctor", "--data-dir", "whole"],
    { cwd },
  );
  expect(ok).toBe(true);
  expect(checks.map(({ check, status }) => `${check} ${status}`)).toEqual([
    "node ok",
    "sqlite driver ok",
    "duckdb driver ok",
    "data folder ok",
    "records ok",
    "objects ok",
    "snapshot ok",
    "champion ok",
  ]);
});

describe("a damaged model file", () => {
  it("makes recommend exit 1 and say so, doctor find it, and a training replace it", async () => {
    const folder = copy("damaged-model");
    for (const file of filesEnding(folder, "/model.safetensors")) flipLastByte(file);
    const data = ["--data-dir", folder];
    const ended = await callTamis(["recommend", "1", "--json", ...data], { cwd });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain('"corrupt_data"');
    const doctor = await callTamis(["doctor", ...data], { cwd });
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/FAILED +champion/);
    await callTamisJson(["train", "--models", "baseline-only", "--force", ...data], { cwd });
    expect(await callTamisJson(["recommend", "1", ...data], { cwd })).toMatchObject({ model_version: 2 });
  });
});

describe("a damaged snapshot", () => {
  it("makes evaluate exit 1 and doctor find it", async () => {
    const folder = copy("damaged-snapshot");
    for (const file of filesEnding(folder, "/ratings.parquet")) flipLastByte(file);
    const ended = await callTamis(["evaluate", "--model", "svd", "--data-dir", folder], { cwd });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain("ratings.parquet");
    const doctor = await callTamis(["doctor", "--data-dir", folder], { cwd });
    expect(doctor.stdout).toMatch(/FAILED +snapshot/);
  });
});

describe("records of a newer Tamis", () => {
  it("are refused with both versions, and left alone", async () => {
    const folder = copy("newer");
    const file = join(cwd, folder, "tamis.db");
    const database = new Database(file);
    database
      .prepare("INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)")
      .run(99, "x", "");
    database.close();
    const ended = await callTamis(["models", "--data-dir", folder], { cwd });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/version 99.*up to \d+/);
  });
});

describe("an import that is killed", () => {
  it("leaves no lock behind, and the former data set in place", async () => {
    const folder = copy("killed");
    const big = ["--ratings", "200000", "--users", "1500", "--items", "2000", "--seed", "7"];
    await callTamisJson(["generate", ...big, "--out", "more-films"], { cwd });
    const args = ["import", "movielens", "more-films", "--data-dir", folder];
    const running = startTamis(args, { cwd });
    await running.stderrMatching(/reading/);
    running.child.kill("SIGKILL");
    expect(await running.ended).toMatchObject({ signal: "SIGKILL" });
    const before = await callTamisJson(["recommend", "1", "--data-dir", folder], { cwd });
    expect(before).toMatchObject({ model_version: 1, cold_start: false });
    expect(await callTamisJson(args, { cwd })).toMatchObject({ rows: 200_000, rejected: 0 });
  }, 60_000);
});

/** A file system of one megabyte needs the right to mount one. */
const small = mkdtempSync(join(tmpdir(), "tamis-small-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", small]).status === 0;
afterAll(() => {
  if (mounted) spawnSync("umount", [small]);
  rmSync(small, { recursive: true, force: true });
});

describe.skipIf(!mounted)("a full disk (skipped where mounting a tmpfs is not permitted)", () => {
  it("stops a generation and an import with a clear message and leaves nothing half-written", async () => {
    const generated = await callTamis(["generate", "--ratings", "300000", "--out", join(small, "films")], {
      cwd,
    });
    expect(generated).toMatchObject({ code: 1, stdout: "" });
    expect(generated.stderr).toContain("disk is full");
    expect(readdirSync(join(small, "films"))).toEqual([]);

    const data = ["--data-dir", join(small, "data")];
    mkdirSync(join(cwd, "wide"), { recursive: true });
    await callTamisJson(["generate", "--ratings", "150000", "--out", "wide"], { cwd });
    const imported = await callTamis(["import", "movielens", "wide", "--json", ...data], { cwd });
    expect(imported).toMatchObject({ code: 1, stdout: "" });
    expect(imported.stderr).toContain('"no_space"');
  });
});
