import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

it("a worse candidate is refused, force promotes it, a rollback takes it back, and all of it is told", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "tamis-roles-"));
  onTestFinished(() => {
    process.chdir(import.meta.dirname);
    rmSync(cwd, { recursive: true });
  });
  const json = (...args: string[]) => callTamisJson(args, { cwd });
  await json("generate", "--ratings", "3000", "--users", "60", "--items", "90", "--out", "films");
  await json("import", "movielens", "films");
  await json(
    "train",
    "--models",
    "baseline-only",
    "--folds",
    "2",
    "--min-user-ratings",
    "5",
    "--sample",
    "2000",
  );

  const worse = [
    "train",
    "--models",
    "normal-predictor",
    "--folds",
    "2",
    "--min-user-ratings",
    "5",
    "--sample",
    "2000",
  ];
  const refused = await callTamis([...worse, "--json"], { cwd });
  expect(refused.code).toBe(6);
  expect(JSON.parse(refused.stdout)).toMatchObject({ promoted: false, reason: /^not promoted: RMSE / });
  expect(await json(...worse, "--force")).toMatchObject({ promoted: true, forced: true, version: 2 });
  expect(await json("models", "rollback")).toMatchObject({ role: "champion", version: 1 });
  expect(await json("models", "promote", "2")).toMatchObject({ version: 2 });
  expect(await json("models", "rollback")).toMatchObject({ version: 1 });

  const { decisions } = await callTamisJson<{ decisions: Record<string, unknown>[] }>(["models", "history"], {
    cwd,
  });
  expect(decisions.map(({ decision }) => decision)).toEqual([
    "roll_back",
    "promote",
    "roll_back",
    "promote",
    "refuse",
    "promote",
  ]);
  expect(decisions[0]).toMatchObject({ role: "champion", version: 1, previous: 2, actor: "command line" });

  const runs = await callTamisJson<{ runs: { run_id: string; metrics: { best_rmse: number } }[] }>(
    ["runs", "list", "--sort", "best_rmse", "--ascending"],
    { cwd },
  );
  const errors = runs.runs.map(({ metrics }) => metrics.best_rmse);
  expect(errors).toHaveLength(3);
  expect(errors).toEqual(errors.toSorted((a, b) => a - b));
  const shown = await json("runs", "show", runs.runs[0]!.run_id);
  expect(shown.artifacts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: "log.txt" }),
      expect.objectContaining({ path: "verdict.json" }),
    ]),
  );
  expect((await callTamis(["runs", "show", runs.runs[0]!.run_id], { cwd })).stdout).toContain("parameters\n");

  expect(await callTamis(["models", "rollback", "--role", "ranker"], { cwd })).toMatchObject({ code: 4 });
  expect(await callTamis(["models", "promote", "9"], { cwd })).toMatchObject({ code: 4 });
  expect(await callTamis(["runs", "show", "nobody"], { cwd })).toMatchObject({ code: 4 });
  expect(await callTamis(["train", "--significance", "2"], { cwd })).toMatchObject({ code: 2 });
}, 60_000);
