import { describe, expect, test } from "vitest";
import { decide } from "./promotion.ts";

const champion = { version: 3, rmse: 0.9388 };

describe("decide", () => {
  test("a better candidate is promoted", () => {
    expect(decide({ rmse: 0.93 }, champion, { folds: 3 })).toEqual({
      promoted: true,
      forced: false,
      reason: "promoted: RMSE 0.9300 vs champion v3 0.9388 on the same 3 folds",
    });
  });

  test("a worse one is not, and an equal one is not", () => {
    expect(decide({ rmse: 0.9412 }, champion, { folds: 3 })).toEqual({
      promoted: false,
      forced: false,
      reason: "not promoted: RMSE 0.9412 vs champion v3 0.9388 on the same 3 folds; needs < 0.9388",
    });
    expect(decide({ rmse: 0.9388 }, champion, { folds: 3 }).promoted).toBe(false);
  });

  test("the margin must be beaten, not met", () => {
    const one = { version: 1, rmse: 1 };
    expect(decide({ rmse: 0.75 }, one, { folds: 5, margin: 0.25 })).toMatchObject({
      promoted: false,
      reason: "not promoted: RMSE 0.7500 vs champion v1 1.0000 on the same 5 folds; needs < 0.7500",
    });
    expect(decide({ rmse: 0.7499 }, one, { folds: 5, margin: 0.25 }).promoted).toBe(true);
  });

  test("without a champion the first one is promoted", () => {
    expect(decide({ rmse: 1.2 }, undefined, { folds: 3 })).toEqual({
      promoted: true,
      forced: false,
      reason: "promoted: RMSE 1.2000 on 3 folds; there was no champion",
    });
  });

  test("force promotes a worse one and says so; it changes nothing about a better one", () => {
    expect(decide({ rmse: 0.95 }, champion, { folds: 3, force: true })).toEqual({
      promoted: true,
      forced: true,
      reason: "promoted by force: RMSE 0.9500 vs champion v3 0.9388 on the same 3 folds; needs < 0.9388",
    });
    expect(decide({ rmse: 0.9 }, champion, { folds: 3, force: true }).forced).toBe(false);
  });

  test("a broken champion is replaced by a worse one", () => {
    const broken = { ...champion, broken: "its file is missing" };
    expect(decide({ rmse: 0.95 }, broken, { folds: 3 })).toEqual({
      promoted: true,
      forced: false,
      reason: "promoted: RMSE 0.9500 vs champion v3 0.9388 on the same 3 folds; its file is missing",
    });
  });

  test("a refit on newer data is held to the champion's figure when it was trained", () => {
    const trained = { ...champion, isRefit: true };
    expect(decide({ rmse: 0.9312 }, trained, { folds: 3 })).toEqual({
      promoted: true,
      forced: false,
      reason: "promoted: RMSE 0.9312 vs champion v3 0.9388 when it was trained, same algorithm and options",
    });
    expect(decide({ rmse: 0.9501 }, trained, { folds: 3 })).toMatchObject({
      promoted: false,
      reason: expect.stringMatching(/when it was trained, same algorithm and options; needs < 0\.9388$/),
    });
  });

  test("shows the decimals that make the difference", () => {
    expect(decide({ rmse: 0.93879999 }, champion, { folds: 3 }).reason).toBe(
      "promoted: RMSE 0.93879999 vs champion v3 0.93880000 on the same 3 folds",
    );
  });

  test("an error that is not a number is never better", () => {
    expect(decide({ rmse: Number.NaN }, champion, { folds: 3 }).promoted).toBe(false);
  });

  test("a ranker is held to the NDCG of the ranker: higher is better", () => {
    const ranker = { version: 4, ndcg: 0.43 };
    expect(decide({ ndcg: 0.44 }, undefined, { folds: 3 }).reason).toBe(
      "promoted: NDCG@10 0.4400 on 3 folds; there was no ranker",
    );
    expect(decide({ ndcg: 0.44 }, ranker, { folds: 3 })).toEqual({
      promoted: true,
      forced: false,
      reason: "promoted: NDCG@10 0.4400 vs ranker v4 0.4300 on the same 3 folds",
    });
    expect(decide({ ndcg: 0.42 }, ranker, { folds: 3 })).toMatchObject({
      promoted: false,
      reason: "not promoted: NDCG@10 0.4200 vs ranker v4 0.4300 on the same 3 folds; needs > 0.4300",
    });
    expect(decide({ ndcg: Number.NaN }, ranker, { folds: 3 }).promoted).toBe(false);
  });

  test("an RMSE is never compared with an NDCG", () => {
    expect(() => decide({ ndcg: 0.44 }, champion, { folds: 3 })).toThrow("cannot be compared");
    expect(() => decide({ rmse: 0.9 }, { version: 4, ndcg: 0.43 }, { folds: 3 })).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
  });

  test("says what the paired comparison found, and asks for significance where it is asked to", () => {
    const comparison = { mean: -0.0088, low: -0.0121, high: 0.0004, pValue: 0.0612, pairs: 1_234 };
    const tested = { ...champion, comparison };
    const found = "(difference -0.0088, 95 % -0.0121 to 0.0004, p = 0.0612, 1,234 users)";
    expect(decide({ rmse: 0.93 }, tested, { folds: 3 })).toMatchObject({
      promoted: true,
      reason: `promoted: RMSE 0.9300 vs champion v3 0.9388 on the same 3 folds ${found}`,
    });
    expect(decide({ rmse: 0.93 }, tested, { folds: 3, significance: 0.05 })).toMatchObject({
      promoted: false,
      reason: `not promoted: RMSE 0.9300 vs champion v3 0.9388 on the same 3 folds ${found}; needs p < 0.05`,
    });
    expect(decide({ rmse: 0.93 }, tested, { folds: 3, significance: 0.1 }).promoted).toBe(true);
    expect(decide({ rmse: 0.95 }, tested, { folds: 3, significance: 0.05 }).reason).toMatch(
      /; needs < 0\.9388 and p < 0\.05$/,
    );
    expect(decide({ rmse: 0.93 }, champion, { folds: 3, significance: 0.05 }).promoted).toBe(true);
  });
});

describe("guards", () => {
  const holder = { ...champion, lists: { ndcg: 0.2, catalogueCoverage: 0.1 } };
  const offer = (ndcg: number, catalogueCoverage: number) => ({
    rmse: 0.9,
    lists: { ndcg, catalogueCoverage },
  });

  test("refuse a better RMSE whose lists have collapsed, and say what was needed", () => {
    expect(decide(offer(0.0499, 0.1), holder, { folds: 3 })).toEqual({
      promoted: false,
      forced: false,
      reason:
        "not promoted: RMSE 0.9000 vs champion v3 0.9388 on the same 3 folds; needs NDCG@10 ≥ 0.0500 (25 % of the champion's), not 0.0499",
    });
    expect(decide(offer(0.3, 0.004), holder, { folds: 3 })).toMatchObject({
      promoted: false,
      reason: expect.stringMatching(
        /needs catalogue coverage ≥ 0\.0250 \(25 % of the champion's\), not 0\.0040$/,
      ),
    });
    expect(decide(offer(0.05, 0.025), holder, { folds: 3 }).promoted).toBe(true);
  });

  test("can be set, or turned off", () => {
    const strict = { guards: { ndcg: 0.9 }, folds: 3 };
    expect(decide(offer(0.17, 0.1), holder, strict).reason).toContain("NDCG@10 ≥ 0.1800 (90 %");
    const off = { guards: { ndcg: 0, catalogueCoverage: 0 }, folds: 3 };
    expect(decide(offer(0, 0), holder, off).promoted).toBe(true);
  });

  test("hold only where the lists of both were measured, and force overrules them", () => {
    expect(decide({ rmse: 0.9 }, holder, { folds: 3 }).promoted).toBe(true);
    expect(decide(offer(0, 0), champion, { folds: 3 }).promoted).toBe(true);
    expect(decide(offer(0, 0), holder, { folds: 3, force: true })).toMatchObject({
      promoted: true,
      forced: true,
      reason: expect.stringMatching(/^promoted by force: .* needs NDCG@10 ≥ .* and catalogue coverage ≥ /),
    });
  });

  test("the coverage of a champion whose lists are as good as chance is not worth keeping", () => {
    const random = { ...champion, lists: { ndcg: 0.02, catalogueCoverage: 0.92 } };
    expect(decide(offer(0.12, 0.1), random, { folds: 3 }).promoted).toBe(true);
    expect(decide(offer(0.08, 0.1), random, { folds: 3 }).promoted).toBe(false);
  });
});
