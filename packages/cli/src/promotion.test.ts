import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-promotion-"));
  const sizes = ["--ratings", "3000", "--users", "60", "--items", "90"];
  await callTamis(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamis(["import", "movielens", "films"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const run = (...args: string[]) => callTamis(args, { cwd });
const json = <Document = Record<string, unknown>>(...args: string[]) =>
  callTamisJson<Document>(args, { cwd });
const train = (models: string, ...more: string[]) =>
  run("train", "--models", models, "--folds", "2", "--json", ...more);

interface History {
  readonly history: readonly Record<string, unknown>[];
}

describe("promote, refuse, force, roll back", () => {
  it("has no history and nothing to roll back to at first", async () => {
    expect(await json("models", "history")).toEqual({
      model: "Best_Film_Recommender",
      history: [],
      next: null,
    });
    expect(await run("models", "rollback")).toMatchObject({ code: 4, stdout: "" });
    expect(await run("models", "promote", "1")).toMatchObject({ code: 4 });
  });

  it("a worse candidate is refused with 6 and the verdict, --force promotes it, rollback goes back", async () => {
    expect(await train("baseline-only")).toMatchObject({ code: 0 });
    const refused = await train("normal-predictor");
    expect(refused.code).toBe(6);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      promoted: false,
      version: null,
      reason: expect.stringMatching(/^not promoted: RMSE .* \(difference .* p = .*\); needs < \d/),
    });
    const forced = await train("normal-predictor", "--force");
    expect(forced.code).toBe(0);
    expect(JSON.parse(forced.stdout)).toMatchObject({ promoted: true, forced: true, version: 2 });
    expect(await json("models", "rollback")).toMatchObject({ role: "champion", version: 1 });
    expect(await json("models", "list")).toMatchObject({ champion: 1 });

    const { history } = await json<History>("models", "history");
    expect(
      history.map(({ action, version, previous, forced: by }) => [action, version, previous, by]),
    ).toEqual([
      ["roll_back", 1, 2, false],
      ["promote", 2, 1, true],
      ["refuse", null, 1, false],
      ["promote", 1, null, false],
    ]);
    expect(history.every(({ actor }) => actor === "command line")).toBe(true);
    const { stdout } = await run("models", "history", "--limit", "2");
    expect(stdout).toMatch(/roll back .*champion .*rolled back from version 2 to version 1/);
    expect(stdout).toContain("more with: --after ");
  });

  it("a version of one's choice is promoted; one without a file is refused", async () => {
    expect(await json("models", "promote", "2")).toMatchObject({ version: 2, aliases: ["champion"] });
    expect(await run("models", "promote", "2", "--role", "ranker")).toMatchObject({ code: 0 });
    expect(await json<History>("models", "history", "--limit", "1")).toMatchObject({
      history: [{ action: "promote", role: "ranker", version: 2, previous: null, forced: true }],
    });
    await run("models", "promote", "1");
  });

  it("the margin and the significance asked for stand in the verdict", async () => {
    const { code, stdout } = await train("svd", "--margin", "4", "--significance", "0.05");
    expect(code).toBe(6);
    expect(JSON.parse(stdout).reason).toMatch(/; needs < -\d/);
    expect(await run("train", "--significance", "2")).toMatchObject({ code: 2 });
  });

  it("activity and samples stand in the run's parameters", async () => {
    const samples = ["--sample", "900", "--knn-sample", "200", "--final-sample", "1500"];
    const least = ["--min-user-ratings", "10", "--min-item-ratings", "5"];
    const { stdout } = await train("baseline-only,knn-basic", ...samples, ...least);
    const { run_id } = JSON.parse(stdout) as { run_id: string };
    expect(await json("runs", "show", run_id)).toMatchObject({
      parameters: { sample: 900, knn_sample: 200, final_sample: 1500, min_user_ratings: 10 },
      code_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      host: { node: process.version },
      artifacts: [{ path: "folds.csv" }, { path: "log.txt" }, { path: "verdict.json" }],
    });
  });
});

describe("tamis runs", () => {
  interface Runs {
    readonly runs: readonly { readonly run_id: string; readonly metrics: Record<string, number> }[];
    readonly next: string | null;
  }

  it("lists by a metric, within a range, page by page", async () => {
    const all = await json<Runs>("runs", "list", "--sort", "best_rmse");
    const values = all.runs.map(({ metrics }) => metrics.best_rmse!);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.length).toBeGreaterThanOrEqual(5);
    const first = await json<Runs>("runs", "list", "--sort", "best_rmse", "--limit", "2");
    const rest = await json<Runs>("runs", "list", "--sort", "best_rmse", "--after", first.next!);
    expect([...first.runs, ...rest.runs]).toEqual(all.runs);
    const down = await json<Runs>("runs", "list", "--sort", "best_rmse", "--descending");
    expect(down.runs[0]!.metrics.best_rmse).toBe(values.at(-1));
    const inside = await json<Runs>("runs", "list", "--metric", "best_rmse", "--min", String(values[1]));
    expect(inside.runs).toHaveLength(values.filter((value) => value >= values[1]!).length);
    expect(await json<Runs>("runs", "list", "--experiment", "another")).toEqual({ runs: [], next: null });
    expect((await run("runs", "list", "--limit", "1")).stdout).toMatch(
      /best_rmse .*\n(?:.*\n)*.*promoted.*\n(?:.*\n)*more with/,
    );
  });

  it("shows one, compares some, and says when there is none", async () => {
    const { runs } = await json<Runs>("runs", "list");
    const [a, b] = [runs[0]!.run_id, runs.at(-1)!.run_id];
    expect((await run("runs", "show", b)).stdout).toMatch(/baseline_only_fold_rmse +1 +\d/);
    const { stdout } = await run("runs", "compare", a, b);
    expect(stdout).toMatch(/models +\S+ +baseline-only/);
    expect(stdout).not.toMatch(/^folds /m); // the same in both
    expect(await run("runs", "show", "nothing")).toMatchObject({ code: 4 });
    expect(await run("runs", "compare", a)).toMatchObject({ code: 2 });
    expect(await run("runs", "compare", ...Array(11).fill(a))).toMatchObject({ code: 2 });
  });
});
