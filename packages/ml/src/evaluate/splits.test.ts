import { type RatingTable, ratingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { futureLeak } from "./future-leak.ts";
import { repeatedKFold, shuffleSplit } from "./shuffle-split.ts";
import { type Fold, kFold } from "./split.ts";
import { lastOfUser, leaveOneOut, strongGeneralisation } from "./split-by-user.ts";
import { timeCut } from "./time-cut.ts";

/** User, item, time; the rating does not matter. */
function timedTable(...rows: (readonly [string, number, number | null])[]): RatingTable {
  return ratingTable(rows.map(([userId, itemId, ratedAt]) => ({ userId, itemId, rating: 3, ratedAt })));
}
const timed = timedTable(["a", 1, 30], ["b", 1, 5], ["a", 2, 10], ["a", 3, 20], ["b", 2, 40], ["c", 1, 25]);
const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

/** Every row is on one side at most; nothing is lost unless it was meant to be. */
function expectPartition(table: RatingTable, { train, test, history }: Fold): void {
  expect(sorted([...train, ...test, ...(history ?? [])])).toEqual([...Array(table.length).keys()]);
}

describe("shuffleSplit", () => {
  it("holds a share out, as often as asked, each time anew", () => {
    const folds = [...shuffleSplit(10, { testShare: 0.3, repeats: 4, seed: 1 })];
    expect(folds).toHaveLength(4);
    for (const fold of folds) {
      expect(fold.test).toHaveLength(3);
      expectPartition({ length: 10 } as RatingTable, fold);
    }
    expect(new Set(folds.map(({ test }) => sorted(test).join())).size).toBeGreaterThan(1);
    expect([...shuffleSplit(10, { testShare: 0.3, repeats: 4, seed: 1 })]).toEqual(folds);
  });

  it.each([
    { testShare: 0 },
    { testShare: 1 },
    { testShare: 0.01 },
    { repeats: 0 },
    { testShare: Number.NaN },
  ])("refuses %j of 10 rows", (options) => {
    expect(() => shuffleSplit(10, options)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

it("repeatedKFold tests every row once in each repeat, in other folds each time", () => {
  const folds = [...repeatedKFold(12, { folds: 3, repeats: 2, seed: 5 })];
  expect(folds).toHaveLength(6);
  const tested = (some: Fold[]) => some.map(({ test }) => sorted(test));
  for (const repeat of [folds.slice(0, 3), folds.slice(3)]) {
    expect(sorted(tested(repeat).flat())).toEqual([...Array(12).keys()]);
  }
  expect(tested(folds.slice(0, 3))).not.toEqual(tested(folds.slice(3)));
});

describe("leaveOneOut", () => {
  it("tests one rating of every user who has two", () => {
    const table = randomTable(1);
    const fold = leaveOneOut(table, { seed: 2 });
    expectPartition(table, fold);
    const users = [...fold.test].map((row) => table.users.ids[table.users.codes[row]!]);
    expect(new Set(users).size).toBe(users.length);
    expect(users).not.toContain("u1"); // has one rating
    expect(users).toHaveLength(table.users.ids.length - 1);
    expect(leaveOneOut(table, { seed: 2 })).toEqual(fold);
    expect(leaveOneOut(table, { seed: 3 })).not.toEqual(fold);
  });

  it("refuses a table where nobody has two", () => {
    expect(() => leaveOneOut(tableOf([[1, 1, 1]]))).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
  });
});

describe("lastOfUser", () => {
  it("tests the newest ratings of each user", () => {
    expect(sorted(lastOfUser(timed).test)).toEqual([0, 4]);
    const two = lastOfUser(timed, { n: 2 });
    expect(sorted(two.test)).toEqual([0, 3]);
    expectPartition(timed, two);
  });

  it("at equal times the later row is last, and a row without a time comes first", () => {
    const table = timedTable(["a", 1, null], ["a", 2, 7], ["a", 3, 7], ["b", 1, 9]);
    expect(sorted(lastOfUser(table).test)).toEqual([2]);
  });

  it("refuses a table without times, and no number of ratings", () => {
    expect(() => lastOfUser(randomTable(1))).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => lastOfUser(timed, { n: 0 })).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => lastOfUser(timed, { n: 3 })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("timeCut", () => {
  it("tests what comes at the instant or later", () => {
    const fold = timeCut(timed, { at: 25 });
    expect([...fold.test]).toEqual([0, 4, 5]);
    expectPartition(timed, fold);
    expect(futureLeak(timed, fold)).toBeUndefined();
  });

  it("or the newest share, without tearing a second apart", () => {
    expect([...timeCut(timed, { testShare: 1 / 3 }).test]).toEqual([0, 4]);
    const table = timedTable(["a", 1, 1], ["a", 2, 8], ["b", 1, 8], ["b", 2, 8], ["c", 1, null]);
    expect([...timeCut(table, { testShare: 0.25 }).test]).toEqual([1, 2, 3]);
  });

  it.each([{ at: 0 }, { at: 100 }, { testShare: 0 }, { testShare: 1 }])("refuses %j", (options) => {
    expect(() => timeCut(timed, options)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("strongGeneralisation", () => {
  const table = randomTable(3, { users: 20, items: 15 });

  it("shows a model part of what strangers rated, and tests the rest", () => {
    const fold = strongGeneralisation(table, { users: 5, historyShare: 0.6 });
    expectPartition(table, fold);
    const usersOf = (rows: Int32Array) => new Set([...rows].map((row) => table.users.codes[row]!));
    expect(usersOf(fold.test).size).toBe(5);
    expect(usersOf(fold.history!)).toEqual(usersOf(fold.test));
    for (const user of usersOf(fold.test)) {
      expect(usersOf(fold.train)).not.toContain(user);
      const count = (rows: Int32Array) => rows.filter((row) => table.users.codes[row] === user).length;
      const all = count(fold.test) + count(fold.history!);
      expect(count(fold.history!)).toBe(Math.min(all - 1, Math.ceil(all * 0.6)));
    }
    expect(strongGeneralisation(table, { users: 5, historyShare: 0.6 })).toEqual(fold);
  });

  it.each([{ users: 20 }, { users: 0 }, { historyShare: 1 }, { historyShare: 0 }])(
    "refuses %j",
    (options) => {
      expect(() => strongGeneralisation(table, options)).toThrow(
        expect.objectContaining({ code: "invalid_input" }),
      );
    },
  );
});

describe("futureLeak", () => {
  it("counts test ratings older than training, anybody's and the user's own", () => {
    // Training: a at 30, b at 5; tested: a at 10 and 20 (both before a's 30), b at 40, c at 25 (before a's 30)
    const leak = futureLeak(timed, { train: Int32Array.of(0, 1), test: Int32Array.of(2, 3, 4, 5) });
    expect(leak).toMatchObject({
      code: "future_in_training",
      tested: 4,
      olderThanTraining: 3,
      olderThanOwnTraining: 2,
      message: expect.stringContaining("75 %"),
    });
  });

  it("warns of every random split of a table with times, and never without times", () => {
    for (const fold of kFold(timed.length, { folds: 2 })) expect(futureLeak(timed, fold)).toBeDefined();
    const untimed = randomTable(1);
    for (const fold of kFold(untimed.length, { folds: 2 })) expect(futureLeak(untimed, fold)).toBeUndefined();
  });

  it("a user's last ratings hold nothing of their own future, but of others'", () => {
    expect(futureLeak(timed, lastOfUser(timed))).toBeUndefined();
    const table = timedTable(["a", 1, 1], ["a", 2, 2], ["b", 1, 3], ["b", 2, 4]);
    expect(futureLeak(table, lastOfUser(table))).toMatchObject({
      olderThanTraining: 1,
      olderThanOwnTraining: 0,
    });
  });
});
