import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-search-"));
  await callTamisJson(
    ["generate", "--ratings", "4000", "--users", "80", "--items", "120", "--out", "films"],
    { cwd },
  );
  await callTamisJson(["import", "movielens", "films"], { cwd });
  const options = '{"svd":{"factors":6,"epochs":8}}';
  await callTamisJson(["train", "--models", "svd", "--options", options, "--folds", "2"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const json = <Document = Record<string, unknown>>(...args: string[]) =>
  callTamisJson<Document>(args, { cwd });

interface TuneAnswer {
  options: Record<string, unknown>;
  held_out: { metrics: Record<string, number>; ratings: number };
  untuned: { metrics: Record<string, number> };
  trials: { point: object; score: number }[];
  stopped_by: string;
}

describe("tamis tune", () => {
  const space = '{"regularization":{"min":0.01,"max":0.5,"scale":"log"},"epochs":{"values":[5,10]}}';
  const args = ["tune", "--model", "svd", "--options", '{"factors":4}', "--space", space];

  it("answers options, what they reach on ratings it did not see, and each trial", async () => {
    const found = await json<TuneAnswer>(...args, "--trials", "6");
    expect(found).toMatchObject({ model: "svd", metric: "rmse", strategy: "tpe", stopped_by: "trials" });
    expect(found.options).toMatchObject({ factors: 4, biased: true });
    expect(found.held_out).toEqual({
      metrics: { rmse: expect.any(Number), mae: expect.any(Number), ndcg: expect.any(Number) },
      ratings: 800,
    });
    expect(found.untuned.metrics).toHaveProperty("rmse");
    expect(found.trials).toHaveLength(6);
  });

  it("goes on where it was stopped, and not with another search or without one", async () => {
    const whole = await json<TuneAnswer>(...args, "--trials", "14");
    await json(...args, "--trials", "10");
    const resumed = await json<TuneAnswer>(...args, "--trials", "14", "--resume");
    const scores = ({ trials }: TuneAnswer) => trials.map(({ point, score }) => ({ point, score }));
    expect(scores(resumed)).toEqual(scores(whole));
    expect(resumed.held_out).toEqual(whole.held_out);
    const other = await callTamis([...args, "--trials", "14", "--resume", "--seed", "1"], { cwd });
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("another search: its seed") });
    const none = await callTamis(["tune", "--model", "ease", "--resume"], { cwd });
    expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining("without --resume") });
  });

  it("finds the same in threads, and the epochs that were best when training may stop early", async () => {
    const early = [...args, "--trials", "5", "--patience", "1", "--every", "2"];
    const here = await json<TuneAnswer>(...early, "--parallel", "1");
    const there = await json<TuneAnswer>(...early, "--parallel", "2");
    const scores = ({ trials }: TuneAnswer) => trials.map(({ point, score }) => ({ point, score }));
    expect(scores(there)).toEqual(scores(here));
    expect(there.options).toEqual(here.options);
    const best = here.trials.find(({ score }) => score === Math.min(...here.trials.map((t) => t.score)))!;
    expect(best).toMatchObject({ settled: { epochs: here.options.epochs } });
    expect(best.point).not.toHaveProperty("epochs");
  });

  it("keeps to its time, and tunes a model that ranks by its lists", async () => {
    const found = await json<TuneAnswer>("tune", "--model", "ease", "--budget", "0.2s");
    expect(found.stopped_by).toBe("seconds");
    expect(Object.keys(found.held_out.metrics)).toEqual(["ndcg"]);
    const { code, stdout } = await callTamis(["tune", "--model", "ease", "--trials", "2"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("on 800 ratings the search did not see");
    expect(stdout).toContain(`tamis train --models ease --options '{"ease":{`);
  });

  it.each([
    [["--model", "sdv"], "svd"],
    [["--model", "svd", "--budget", "soon"], "90s"],
    [["--model", "svd", "--strategy", "gird"], "grid"],
    [["--model", "svd", "--space", '{"factors":{"min":5,"max":1}}'], "min must be less than max"],
    [["--model", "svd", "--space", '{"factor":{"values":[1]}}'], "factors"],
    [["--model", "ease", "--metric", "rmse"], "ndcg"],
    [["--model", "ease", "--patience", "2"], "no epochs"],
    [["--model", "normal-predictor"], "no search space"],
  ])("refuses %j and says why", async (wrong, hint) => {
    const ended = await callTamis(["tune", ...wrong], { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(hint);
  });
});

describe("tamis evaluate", () => {
  const spread = { mean: expect.any(Number), sd: expect.any(Number) };

  it("shows ratings and lists side by side, lists alone of a model that ranks, ratings alone by default", async () => {
    const svd = ["evaluate", "--model", "svd", "--options", '{"factors":4,"epochs":3}'];
    const lists = { k: 10, candidates: "full catalogue", metrics: { ndcg: expect.any(Number) } };
    const both = await json(...svd, "--lists");
    expect(both).toMatchObject({ model: "svd", rmse: spread, lists });
    expect(both.lists).toMatchObject({
      metrics: { hit_rate: expect.any(Number) },
      warnings: expect.any(Array),
    });
    expect(await json(...svd)).not.toHaveProperty("lists");
    const ease = await json("evaluate", "--model", "ease");
    expect(ease).toMatchObject({ model: "ease", lists });
    expect(ease).not.toHaveProperty("rmse");
    const { stdout } = await callTamis(["evaluate", "--model", "ease"], { cwd });
    expect(stdout).toContain("the 10 best of the full catalogue");
  });

  it("begins with the preset, then the options given", async () => {
    const args = ["evaluate", "--model", "svd", "--preset", "--options", '{"epochs":2}'];
    expect(await json(...args)).toMatchObject({ options: { factors: 50, regularization: 0.1, epochs: 2 } });
    const none = await callTamis(["evaluate", "--model", "normal-predictor", "--preset"], { cwd });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("no preset") });
  });
});

describe("tamis similar", () => {
  it("lists what is like an item", async () => {
    const { similar, ...rest } = await json<{ similar: { item_id: number; similarity: number }[] }>(
      "similar",
      "1",
      "-n",
      "4",
    );
    expect(rest).toMatchObject({ item_id: 1, title: expect.any(String), model_version: 1, algorithm: "svd" });
    expect(similar).toHaveLength(4);
    const values = similar.map(({ similarity }) => similarity);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(similar.map(({ item_id }) => item_id)).not.toContain(1);
  });

  it("says when it cannot", async () => {
    expect(await callTamis(["similar", "99999"], { cwd })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("does not know item 99999"),
    });
    const none = await callTamis(["similar", "1", "--data-dir", "other"], { cwd });
    expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining("tamis train") });
  });
});

describe("tamis explain", () => {
  interface Explained {
    score: number;
    contributions: { value: number }[];
    others: { count: number; value: number };
  }
  const total = ({ contributions, others }: Explained) =>
    contributions.reduce((sum, { value }) => sum + value, others.value);

  it("takes a score apart: what it shows and the others sum to it", async () => {
    const whole = await json<Explained>("explain", "1", "2", "-n", "1000");
    expect(whole).toMatchObject({
      user_id: 1,
      item_id: 2,
      algorithm: "svd",
      kind: "rating",
      known_user: true,
    });
    expect(whole.others).toEqual({ count: 0, value: 0 });
    expect(total(whole)).toBeCloseTo(whole.score, 6);
    const short = await json<Explained>("explain", "1", "2", "-n", "2");
    expect(short.contributions).toEqual(whole.contributions.slice(0, 2));
    expect(total(short)).toBeCloseTo(whole.score, 6);
    const { stdout } = await callTamis(["explain", "1", "2"], { cwd });
    expect(stdout).toContain(`${whole.score.toFixed(4)}  the estimated rating`);
  });

  it("explains a stranger too, but not an item that nobody rated", async () => {
    expect(await json("explain", "nobody", "2")).toMatchObject({ known_user: false });
    expect(await callTamis(["explain", "1", "99999"], { cwd })).toMatchObject({ code: 4, stdout: "" });
  });
});

describe("tamis recommend with rules", () => {
  interface Answer {
    recommendations: { item_id: number; score: number; rules?: string[] }[];
  }
  const recommend = async (...args: string[]) =>
    (await json<Answer>("recommend", "1", ...args)).recommendations;

  it("obeys them and says which touched what", async () => {
    const [plain] = await recommend("-n", "1");
    expect(plain).not.toHaveProperty("rules");
    const first = String(plain!.item_id);
    expect((await recommend("--exclude", first)).map(({ item_id }) => item_id)).not.toContain(plain!.item_id);
    expect((await recommend("--include", first)).map(({ item_id }) => item_id)).toEqual([plain!.item_id]);
    for (const { rules } of await recommend("--genre", "drama", "--boost", "Drama=1.5", "--per-genre", "4")) {
      expect(rules).toEqual(expect.arrayContaining(["where", "boost:Drama"]));
    }
    expect(await recommend("--from-year", "2900")).toEqual([]);
    const scores = (await recommend("--min-score", "4", "-n", "200")).map(({ score }) => score);
    expect(Math.min(...scores, 5)).toBeGreaterThanOrEqual(4);
    expect(await recommend("--diversity", "0.5", "-n", "5")).toHaveLength(5);
  });

  it("goes on after the pages before", async () => {
    const ids = (page: Answer["recommendations"]) => page.map(({ item_id }) => item_id);
    const both = ids(await recommend("-n", "8"));
    const first = ids(await recommend("-n", "4"));
    const second = ids(await recommend("-n", "4", "--after", first.join(",")));
    expect([...first, ...second]).toEqual(both);
  });

  it.each([
    [["--boost", "Drama"], "GENRE=FACTOR"],
    [["--diversity", "7"], "diversity"],
    [["--include", "1,,2"], "separated by commas"],
    [["--min-score", "high"], "a number"],
  ])("refuses %j", async (wrong, hint) => {
    const ended = await callTamis(["recommend", "1", ...wrong], { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(hint);
  });
});

describe("a champion that relates nothing", () => {
  beforeAll(async () => {
    await json("train", "--models", "normal-predictor", "--folds", "2", "--force");
  });

  it.each([
    [["similar", "1"], "does not relate items"],
    [["explain", "1", "2"], "cannot be taken apart"],
  ])("makes %j fail and name a model that can", async (args, hint) => {
    const ended = await callTamis(args, { cwd });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain(`Version 2 is a normal-predictor model`);
    expect(ended.stderr).toContain(hint);
    expect(ended.stderr).toContain("tamis train --models");
  });
});
