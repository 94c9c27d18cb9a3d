import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

let cwd: string;

const generate = (seed: number, ...more: string[]) =>
  callTamisJson(
    ["generate", "--users", "80", "--items", "120", "--seed", `${seed}`, "--out", `films-${seed}`, ...more],
    { cwd },
  );

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-drift-"));
  await generate(1, "--ratings", "4000");
  await callTamisJson(["import", "movielens", "films-1"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("goes from no baseline over a steady data set to one that has drifted", async () => {
  const without = await callTamis(["drift", "check"], { cwd });
  expect(without).toMatchObject({ code: 4, stdout: "" });
  expect(without.stderr).toContain("tamis drift baseline");
  const empty = await callTamis(["drift", "list"], { cwd });
  expect(empty.stdout).toContain("tamis drift baseline");

  const taken = await callTamisJson(["drift", "baseline"], { cwd });
  expect(taken).toMatchObject({
    name: "default",
    version: 1,
    snapshot: expect.stringMatching(/^[0-9a-f]{64}$/),
  });

  const steady = await callTamis(["drift", "check", "--last", "100000", "--html", "drift.html"], { cwd });
  expect(steady).toMatchObject({ code: 0 });
  expect(steady.stdout).toMatch(
    /^no drift: [\s\S]+rating +values [\s\S]+genres +values [\s\S]+item_id +coverage/,
  );
  expect(readFileSync(join(cwd, "drift.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]+<\/html>\n$/);

  await generate(2, "--ratings", "1000");
  await callTamisJson(["import", "movielens", "films-2"], { cwd });
  const simple = await callTamis(["drift", "check", "--profile", "simple", "--json"], { cwd });
  expect(simple.code).toBe(6);
  expect(JSON.parse(simple.stdout)).toMatchObject({
    verdict: "drift",
    checks: expect.arrayContaining([
      expect.objectContaining({
        column: "num_ratings",
        expected: 4000,
        score: 1000,
        effect: -75,
        verdict: "drift",
      }),
    ]),
  });

  await callTamisJson(["drift", "baseline", "--last", "500"], { cwd });
  const listed = await callTamisJson(["drift", "list"], { cwd });
  expect(listed).toMatchObject({
    baselines: [
      { version: 2, created_by: "command line" },
      { version: 1, snapshot: taken.snapshot },
    ],
    reports: [
      { profile: "simple", verdict: "drift" },
      { profile: "calibrated", verdict: "no drift" },
    ],
  });
  const evidently = [
    "drift",
    "check",
    "--profile",
    "evidently",
    "--version",
    "1",
    "--evidently-json",
    "e.json",
  ];
  const said = await callTamis([...evidently, "--json"], { cwd });
  const { verdict, checks } = JSON.parse(said.stdout);
  expect(said.code).toBe(verdict === "drift" ? 6 : 0);
  expect(checks.map(({ column }: { column: string }) => column)).toEqual(["rating", "genres"]);
  expect(JSON.parse(readFileSync(join(cwd, "e.json"), "utf8"))).toMatchObject({
    metrics: expect.arrayContaining([expect.objectContaining({ id: "drifted-columns" })]),
  });
});

it("names a snapshot or version that is not there", async () => {
  const snapshot = await callTamis(["drift", "baseline", "--snapshot", "0123456789"], { cwd });
  expect(snapshot).toMatchObject({ code: 4, stdout: "" });
  expect(snapshot.stderr).toContain("tamis lake list");
  const version = await callTamis(["drift", "check", "--version", "9"], { cwd });
  expect(version.code).toBe(4);
  expect(version.stderr).toContain("no version 9");
});

it("runs as the pipeline drift", async () => {
  const day = ["--interval-start", "2026-02-01", "--interval-end", "2026-02-02"];
  const run = await callTamis(["pipeline", "run", "drift", ...day, "--json"], { cwd });
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.stringify(JSON.parse(run.stdout))).toMatch(/"verdict":"(no )?drift"/);
});
