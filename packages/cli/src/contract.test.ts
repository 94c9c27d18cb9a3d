import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { type Ended, tamis, tamisJson } from "./testing/spawn-tamis.ts";

/** One data set for the file: generated, imported, trained, each once and by the command itself. */
let cwd: string;
let imported: Record<string, unknown>;
let trained: Ended;

const ids = { item_id: expect.any(Number), title: expect.any(String), score: expect.any(Number) };

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-contract-"));
  const sizes = ["--ratings", "4000", "--users", "80", "--items", "120", "--bad-rows", "8"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  imported = await tamisJson(["import", "movielens", "films"], { cwd });
  trained = await tamis(["train", "--models", "normal-predictor,baseline-only", "--json"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe("tamis import", () => {
  it("answers rows, rejects, users, items, snapshot and seconds", () => {
    expect(imported).toMatchObject({
      rows: 4000,
      rejected: 8,
      users: 80,
      items: expect.any(Number),
      snapshot: expect.stringMatching(/^[0-9a-f]{64}$/),
      seconds: expect.any(Number),
      rejected_by_reason: { rating_not_a_number: 1, duplicate_pair: 1 },
      scale: { min: 0.5, max: 5 },
    });
    expect(imported).not.toHaveProperty("unchanged");
  });

  it("answers the same snapshot and unchanged for the same files again", async () => {
    const again = await callTamisJson(["import", "movielens", "films/ratings.csv"], { cwd });
    expect(again).toMatchObject({ snapshot: imported.snapshot, rows: 4000, rejected: 8, unchanged: true });
  });

  it("lists each refused row with its line and reason", async () => {
    const found = await callTamisJson<{ total: number; rejects: { line: number; raw: string }[] }>(
      ["rejects"],
      {
        cwd,
      },
    );
    expect(found.total).toBe(8);
    expect(found.rejects).toHaveLength(8);
    expect(found.rejects[0]).toMatchObject({
      source: expect.stringContaining("ratings.csv"),
      line: expect.any(Number),
      reason: "rating_not_a_number",
      raw: expect.stringContaining("great"),
    });
  });
});

describe("tamis train", () => {
  it("promotes the better model and answers what the contract says", () => {
    expect(trained).toMatchObject({ code: 0 });
    expect(JSON.parse(trained.stdout)).toMatchObject({
      run_id: expect.any(String),
      best: "baseline-only",
      metrics: expect.any(Object),
      version: 1,
      promoted: true,
      reason: expect.any(String),
    });
  });

  it("exits 6 with the same document when nothing is better, and the champion stays", async () => {
    const again = await callTamis(["train", "--models", "normal-predictor", "--json"], { cwd });
    expect(again.code).toBe(6);
    expect(JSON.parse(again.stdout)).toMatchObject({ promoted: false, reason: expect.any(String) });
    const { champion } = await callTamisJson(["models", "list"], { cwd });
    expect(champion).toBe(1);
  });
});

describe("tamis evaluate", () => {
  const args = ["evaluate", "--model", "svd", "--options", '{"factors":5,"epochs":3}'];

  it("answers folds, means and deviations, the same for the same seed", async () => {
    const [first, second] = await Promise.all([callTamisJson(args, { cwd }), callTamisJson(args, { cwd })]);
    const spread = { mean: expect.any(Number), sd: expect.any(Number) };
    expect(first).toMatchObject({
      model: "svd",
      options: { factors: 5, epochs: 3 },
      rmse: spread,
      mae: spread,
    });
    expect(first.folds).toHaveLength(3);
    expect((first.folds as object[])[0]).toMatchObject({
      rmse: expect.any(Number),
      mae: expect.any(Number),
      fit_seconds: expect.any(Number),
      test_seconds: expect.any(Number),
    });
    expect(second).toMatchObject({ rmse: first.rmse, mae: first.mae });
  });

  it.each([
    [["--model", "sdv"], "svd"],
    [["--model", "svd", "--options", '{"factor":5}'], "factors"],
    [["--model", "svd", "--folds", "1"], "--folds"],
  ])("refuses %j and says what exists", async (wrong, hint) => {
    const ended = await callTamis(["evaluate", ...wrong], { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(hint);
  });
});

describe("tamis recommend", () => {
  interface Answer {
    user_id: unknown;
    model_version: number | null;
    cold_start: boolean;
    recommendations: object[];
  }
  const recommend = (...args: string[]) => callTamisJson<Answer>(["recommend", ...args], { cwd });

  it("answers n items for a known user, from the model, flags before or after the user", async () => {
    const [after, before] = await Promise.all([recommend("1", "-n", "3"), recommend("-n", "3", "1")]);
    expect(after).toMatchObject({ user_id: 1, model_version: 1, cold_start: false });
    expect(after.recommendations).toHaveLength(3);
    expect(after.recommendations[0]).toMatchObject({ ...ids, source: "model", reason: expect.any(String) });
    expect(before).toEqual(after);
  });

  it("answers an unknown user with a cold start, also one whose id looks like a flag", async () => {
    const [number, flag] = await Promise.all([
      recommend("-5"),
      tamis(["recommend", "--json", "--", "-n"], { cwd }),
    ]);
    expect(number).toMatchObject({ user_id: -5, cold_start: true });
    expect(number.recommendations).toHaveLength(10);
    expect(number.recommendations[0]).toMatchObject({ ...ids, source: "popularity" });
    expect(flag.code).toBe(0);
    expect(JSON.parse(flag.stdout)).toMatchObject({ user_id: "-n", cold_start: true });
  });

  it("answers nothing for n = 0 and everything left for a huge n", async () => {
    const [none, all] = await Promise.all([recommend("1", "-n", "0"), recommend("1", "-n", "100000")]);
    expect(none.recommendations).toEqual([]);
    const rated = 120 - all.recommendations.length;
    expect(rated).toBeGreaterThan(0);
    expect(rated).toBeLessThan(120);
  });
});

describe("stdout and stderr", () => {
  it("keeps progress out of stdout, and all of it away with --quiet", async () => {
    const args = ["evaluate", "--model", "baseline-only", "--json"];
    const [loud, quiet] = await Promise.all([tamis(args, { cwd }), tamis([...args, "--quiet"], { cwd })]);
    for (const { stdout } of [loud, quiet]) expect(JSON.parse(stdout)).toHaveProperty("rmse");
    expect(loud.stdout.trim().split("\n")).toHaveLength(1);
    expect(loud.stderr).toContain("fold 1/3");
    expect(quiet.stderr).toBe("");
  });

  it("writes no colour codes into a pipe", async () => {
    const { stdout } = await tamis(["models"], { cwd, env: { TERM: "xterm-256color" } });
    expect(stdout).toContain("champion");
    expect(stdout).not.toContain("\u001b");
  });
});

describe("a data folder with nothing in it", () => {
  it.each([["recommend", "1"], ["train"], ["evaluate", "--model", "svd"]])(
    "makes %s %s exit 4 and name the import",
    async (...args) => {
      const ended = await callTamis([...args, "--data-dir", "empty", "--json"], { cwd });
      expect(ended).toMatchObject({ code: 4, stdout: "" });
      expect(ended.stderr).toContain("tamis import");
    },
  );

  it("has no models and no refused rows, which is no failure", async () => {
    const models = await callTamisJson(["models", "--data-dir", "empty"], { cwd });
    expect(models).toMatchObject({ champion: null, versions: [] });
    expect(await callTamisJson(["rejects", "--data-dir", "empty"], { cwd })).toMatchObject({
      total: 0,
      rejects: [],
    });
  });
});
