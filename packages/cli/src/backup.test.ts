import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-backup-"));
  const sizes = ["--ratings", "3000", "--users", "80", "--items", "100"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamisJson(["import", "movielens", "films"], { cwd });
  await callTamisJson(["train", "--models", "baseline-only"], { cwd });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Backup {
  path: string;
  manifest: { rows: Record<string, number>; sha256: string };
}

describe("tamis backup and restore", () => {
  it("bring a data set to another folder, with what was learnt from it", async () => {
    const made = await callTamisJson<Backup>(["backup", "backups/first"], { cwd });
    expect(made).toMatchObject({
      path: join(cwd, "backups/first"),
      manifest: { engine: "sqlite", rows: { ratings: 3000, users: 80 } },
    });
    const args = ["restore", "backups/first", "--data-dir", "moved"];
    expect(await callTamisJson(args, { cwd })).toEqual({ manifest: made.manifest });
    const objects = ["--objects", "file:tamis-data/lake"];
    const here = await callTamisJson(["recommend", "1"], { cwd });
    expect(await callTamisJson(["recommend", "1", "--data-dir", "moved", ...objects], { cwd })).toEqual(here);
  });

  it("exits 6 where there are rows, 1 for a damaged backup, 4 for none, and changes nothing", async () => {
    await callTamisJson(["backup", "backups/second"], { cwd });
    const refused = await callTamis(["restore", "backups/second"], { cwd });
    expect(refused).toMatchObject({ code: 6, stdout: "" });
    expect(refused.stderr).toContain("--force");
    expect(await callTamis(["restore", "backups/second", "--force"], { cwd })).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "backups/second/records.db"), "damaged");
    const damaged = await callTamis(["restore", "backups/second", "--force", "--json"], { cwd });
    expect(damaged).toMatchObject({ code: 1, stdout: "" });
    expect(damaged.stderr).toContain('"corrupt_data"');
    expect(await callTamis(["restore", "backups/third"], { cwd })).toMatchObject({ code: 4 });
    expect(await callTamisJson(["models", "list"], { cwd })).toMatchObject({ champion: 1 });
  });

  it("name a backup by its instant in a folder of backups, and refuse a taken name", async () => {
    await callTamisJson(["backup", "backups"], { cwd });
    expect(readdirSync(join(cwd, "backups"))).toContainEqual(expect.stringMatching(/^tamis-\d{8}T\d{6}Z$/));
    expect(await callTamis(["backup", "backups/first"], { cwd })).toMatchObject({ code: 6, stdout: "" });
    expect(await callTamis(["backup", "empty", "--data-dir", "nowhere"], { cwd })).toMatchObject({ code: 4 });
  });
});

describe("tamis migrate", () => {
  it("says what it would do, does it once, and then has nothing to do", async () => {
    const args = ["migrate", "--data-dir", "new"];
    const planned = await callTamisJson([...args, "--dry-run"], { cwd });
    expect(planned).toMatchObject({ from: 0, to: expect.any(Number), dry_run: true });
    expect((planned.steps as string[]).slice(0, 2)).toEqual(["initial", "pipelines"]);
    expect(await callTamisJson(args, { cwd })).toEqual({ ...planned, dry_run: false });
    for (const more of [[], ["--dry-run"]]) {
      const again = await callTamis([...args, ...more], { cwd });
      expect(again).toMatchObject({ code: 99, stdout: expect.stringContaining("nothing to do") });
    }
  });
});
