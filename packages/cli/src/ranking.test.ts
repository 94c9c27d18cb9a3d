import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

/** One data set for the file, with a champion and a ranker. */
let cwd: string;
let trained: Record<string, unknown>;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-ranking-"));
  await callTamis(["generate", "--ratings", "2000", "--users", "50", "--items", "80", "--out", "films"], {
    cwd,
  });
  await callTamis(["import", "movielens", "films"], { cwd });
  trained = await callTamisJson(["train", "--models", "svd,item-knn", "--folds", "2"], { cwd });
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const run = (...args: string[]) => callTamis(args, { cwd });
const json = <Document = Record<string, unknown>>(...args: string[]) =>
  callTamisJson<Document>(args, { cwd });

describe("a training of both kinds", () => {
  it("fills two roles, and lists show both", async () => {
    expect(trained).toMatchObject({
      best: "svd",
      version: 1,
      roles: [
        { role: "champion", best: "svd", version: 1, promoted: true },
        { role: "ranker", best: "item-knn", version: 2, promoted: true },
      ],
      metrics: {
        svd_rmse: expect.any(Number),
        svd_ndcg: expect.any(Number),
        item_knn_ndcg: expect.any(Number),
      },
    });
    expect(await json("models", "list")).toMatchObject({ champion: 1, ranker: 2 });
    expect(await json("models", "show", "ranker")).toMatchObject({ version: 2, algorithm: "item-knn" });
  });
});

describe("tamis recommend", () => {
  it("asks the ranker and says so; the champion when told to", async () => {
    const ranked = await json("recommend", "1", "-n", "3");
    expect(ranked).toMatchObject({ model_version: 2, ranked_by: { algorithm: "item-knn", kind: "ranking" } });
    const rated = await json("recommend", "1", "-n", "3", "--model", "champion");
    expect(rated).toMatchObject({ model_version: 1, ranked_by: { algorithm: "svd", kind: "rating" } });
    const { stdout } = await run("recommend", "1", "-n", "1");
    expect(stdout).toMatch(
      / {3}because you liked “.*\nranked by version 2, item-knn, which learnt what people choose/,
    );
  });

  it("--all writes everybody's list: the same as one by one, as JSON lines and as CSV", async () => {
    expect(await json("recommend", "--all", "--out", "lists.jsonl", "-n", "4")).toMatchObject({
      file: "lists.jsonl",
      users: 50,
      model_version: 2,
      algorithm: "item-knn",
    });
    const lines = readFileSync(join(cwd, "lists.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(50);
    const [first] = lines.map((line) => JSON.parse(line));
    const alone = await json<{ recommendations: { reason: string }[] }>(
      "recommend",
      String(first.user_id),
      "-n",
      "4",
    );
    expect(first.recommendations).toEqual(alone.recommendations.map(({ reason: _, ...each }) => each));

    await json("recommend", "--all", "--out", "lists.csv", "-n", "4", "--model", "1");
    const rows = readFileSync(join(cwd, "lists.csv"), "utf8").trimEnd().split("\n");
    expect(rows[0]).toBe("user_id,rank,item_id,title,score,source");
    const listed = lines.flatMap((line) => JSON.parse(line).recommendations);
    expect(rows).toHaveLength(1 + listed.length);
    expect(readdirSync(cwd).filter((file) => file.includes("partial"))).toEqual([]);
  });

  it.each([
    [["--all"], "--out FILE"],
    [["1", "--all", "--out", "x"], "--out FILE"],
    [["1", "--out", "x"], "--all"],
    [[], "Name a USER"],
    [["1", "--model", "best"], "version number"],
  ])("refuses %j", async (args, hint) => {
    expect(await run("recommend", ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(hint) });
  });

  it("--all leaves nothing behind where it cannot write", async () => {
    const ended = await run("recommend", "--all", "--out", "no/such/lists.csv");
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining("does not exist") });
    expect(existsSync(join(cwd, "no"))).toBe(false);
  });
});

describe("tamis similar --user", () => {
  it("lists users by a model that relates them, and says when one does not", async () => {
    const { similar } = await json<{ similar: { user_id: number; similarity: number }[] }>(
      "similar",
      "--user",
      "1",
      "-n",
      "3",
      "--model",
      "champion",
    );
    expect(similar.map(({ user_id }) => user_id)).not.toContain(1);
    expect(await run("similar", "--user", "1")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("does not relate users"),
    });
    expect((await run("similar", "1", "--user", "1")).code).toBe(2);
  });
});

describe("tamis evaluate", () => {
  it("shows what it estimated, in which order, how surely, and warns of the future", async () => {
    const found = await json("evaluate", "--model", "baseline-only", "--folds", "2");
    expect(found).toMatchObject({
      split: "k-fold",
      folds: [{ fcp: expect.any(Number), tested: 1000, unknown: expect.any(Number) }, {}],
      fcp: { mean: expect.any(Number) },
      intervals: { rmse: { low: expect.any(Number), high: expect.any(Number) } },
      warnings: [{ code: "future_in_training" }, {}],
    });
    const { stdout } = await run("evaluate", "--model", "baseline-only", "--folds", "2", "--lists");
    for (const word of ["FCP", "95 %: RMSE", "recall", "MAP", "MRR", "Gini", "learns from the future"]) {
      expect(stdout).toContain(word);
    }
  });

  it("--split time-cut learns nothing from the future", async () => {
    expect(await json("evaluate", "--model", "baseline-only", "--split", "time-cut")).toMatchObject({
      split: "time-cut",
      folds: [{}],
      warnings: [],
    });
  });
});

describe("tamis compare", () => {
  it("tests errors and lists in pairs, and never one against the other", async () => {
    const rated = await json("compare", "baseline-only", "normal-predictor", "--folds", "2");
    expect(rated).toMatchObject({
      compared: [
        { metric: "rmse", difference: { mean: expect.any(Number), p_value: expect.any(Number) } },
        { metric: "mae" },
      ],
    });
    const mixed = await json<{ compared: { metric: string }[] }>(
      "compare",
      "baseline-only",
      "popularity",
      "--folds",
      "2",
    );
    expect(mixed.compared.map(({ metric }) => metric)).toEqual(["ndcg", "recall", "map", "mrr"]);
    expect((await run("compare", "svd", "svdd")).stderr).toMatch(/did you mean “svd”\?$/m);
  });
});

describe("tamis forget", () => {
  it("does nothing without --yes, then takes the user out of both models, and says what still holds them", async () => {
    expect(await run("forget", "2")).toMatchObject({ code: 6, stdout: "" });
    expect(await json("models", "list")).toMatchObject({ champion: 1, ranker: 2 });
    expect(await json("forget", "2", "--yes")).toMatchObject({
      user_id: 2,
      forgotten: [
        { role: "champion", algorithm: "svd", from: 1, version: 3, exact: false },
        { role: "ranker", algorithm: "item-knn", from: 2, version: 4, exact: true },
      ],
      still_held: [expect.any(String), expect.any(String), expect.stringContaining("ratings")],
    });
    expect(await json("models", "list")).toMatchObject({ champion: 3, ranker: 4 });
    expect(await json("forget", "2", "--yes")).toMatchObject({ forgotten: [] });
  });
});
