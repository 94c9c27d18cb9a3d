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
});
