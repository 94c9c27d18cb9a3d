import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-runs-"));
  const sizes = ["--ratings", "3000", "--users", "60", "--items", "90"];
  await callTamis(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamis(["import", "movielens", "films"], { cwd });
  const samples = ["--sample", "900", "--knn-sample", "200", "--final-sample", "1500"];
  await train("baseline-only,knn-basic", ...samples, "--min-user-ratings", "10");
  await train("normal-predictor");
  await train("baseline-only", "--seed", "7");
}, 60_000);
afterAll(() => {
  process.chdir(import.meta.dirname);
  rmSync(cwd, { recursive: true, force: true });
});

interface Runs {
  readonly runs: readonly { readonly run_id: string; readonly metrics: Record<string, number> }[];
  readonly next: string | null;
}

const run = (...args: string[]) => callTamis(args, { cwd });
const json = <Document = Record<string, unknown>>(...args: string[]) =>
  callTamisJson<Document>(args, { cwd });
const train = (models: string, ...more: string[]) =>
  run("train", "--models", models, "--folds", "2", ...more);

it("lists runs by a metric, within a range, page by page", async () => {
  const sorted = ["runs", "list", "--sort", "best_rmse"];
  const all = await json<Runs>(...sorted, "--ascending");
  const values = all.runs.map(({ metrics }) => metrics.best_rmse!);
  expect(values).toHaveLength(3);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect((await json<Runs>(...sorted)).runs).toEqual(all.runs.toReversed());
  const first = await json<Runs>(...sorted, "--ascending", "--limit", "2");
  const rest = await json<Runs>(...sorted, "--ascending", "--after", first.next!);
  expect([...first.runs, ...rest.runs]).toEqual(all.runs);
  const range = ["--metric", "best_rmse", "--min", String(values[1]), "--max", String(values[1])];
  const inside = await json<Runs>("runs", "list", ...range);
  expect(inside.runs.map(({ metrics }) => metrics.best_rmse)).toEqual([values[1]]);
  expect(await json<Runs>("runs", "list", "--experiment", "another")).toEqual({ runs: [], next: null });
  expect(await run("runs", "list", "--min", "much")).toMatchObject({ code: 2 });
});

it("shows what a run was given, by whom and by fold", async () => {
  const { runs } = await json<Runs>("runs", "list", "--ascending");
  const shown = await json<{ steps: unknown[] }>("runs", "show", runs[0]!.run_id);
  expect(shown).toMatchObject({
    parameters: { sample: 900, knn_sample: 200, final_sample: 1500, min_user_ratings: 10 },
    code_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    host: { node: process.version },
    artifacts: [{ path: "folds.csv" }, { path: "log.txt" }, { path: "verdict.json" }],
  });
  const rmse = { name: "knn_basic_fold_rmse", value: expect.any(Number) };
  expect(shown.steps).toEqual(
    expect.arrayContaining([
      { ...rmse, step: 1 },
      { ...rmse, step: 2 },
    ]),
  );
});

it("compares two to ten runs: what differs of their parameters, and all of their metrics", async () => {
  const { runs } = await json<Runs>("runs", "list", "--ascending");
  const [a, b, c] = runs.map(({ run_id }) => run_id) as [string, string, string];
  const compared = await json<{ runs: { run_id: string }[]; differing_parameters: string[] }>(
    ...["runs", "compare", c, a],
  );
  expect(compared.runs.map(({ run_id }) => run_id)).toEqual([c, a]);
  expect(compared.differing_parameters).toEqual(
    expect.arrayContaining(["models", "seed", "sample", "knn_sample"]),
  );
  expect(compared.differing_parameters).not.toContain("folds");
  const { stdout } = await run("runs", "compare", a, b, c);
  expect(stdout).toMatch(/models +baseline-only,knn-basic +normal-predictor +baseline-only/);
  expect(stdout).toMatch(/dummy_rmse +\d\.\d{4}\n/);
  expect(await run("runs", "compare", a, "nobody")).toMatchObject({ code: 4 });
  expect(await run("runs", "compare", a)).toMatchObject({ code: 2 });
  expect(await run("runs", "compare", ...Array(11).fill(a))).toMatchObject({ code: 2 });
});
