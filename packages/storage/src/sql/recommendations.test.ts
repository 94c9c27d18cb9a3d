import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { upsertItems } from "./items.ts";
import { recommendationStats } from "./recommendation-stats.ts";
import { addRecommendations, type LoggedRecommendation, removeRecommendations } from "./recommendations.ts";
import type { Records } from "./schema.ts";

const day = (date: number) => new Date(Date.UTC(2026, 0, date));

/** Ids with their scores, from the first place on. */
const list = (
  date: number,
  userId: string | number,
  method: LoggedRecommendation["method"],
  ...items: [itemId: string | number, score: number][]
): LoggedRecommendation => ({
  at: day(date),
  userId,
  method,
  modelVersion: method === "collaborative_filtering" ? 1 : null,
  requested: 3,
  items: items.map(([itemId, score]) => ({ itemId, score })),
});

/** Films 1 and “b” are known to everybody, 3 has one rating too few, 4 to 8 are hardly rated. */
async function addCatalogue(records: Records): Promise<void> {
  const ids = [1, "b", 3, 4, 5, 6, 7, 8];
  await upsertItems(
    records,
    ids.map((itemId) => ({ itemId, title: `Film ${itemId}`, year: null, genres: [] })),
  );
  for (const [id, ratings] of [
    ["1", 500],
    ["b", 100],
    ["3", 99],
  ] as const) {
    await records.updateTable("items").set({ ratings }).where("id", "=", id).execute();
  }
}

onEveryEngine((temporaryRecords) => {
  it("sums a log up", async () => {
    const records = await temporaryRecords();
    await addCatalogue(records);
    await addRecommendations(records, [
      list(1, 9, "cold_start", [8, 1]), // too old
      list(5, 1, "collaborative_filtering", [1, 5], ["b", 4.5], [3, 4]),
      list(6, "anna", "collaborative_filtering", [1, 4], [4, 3.5]),
      list(6, 1, "cold_start_fallback", [1, 3]),
      list(7, 2, "cold_start", ["b", 2.5], [3, 2]),
    ]);
    expect(await recommendationStats(records, day(5))).toEqual({
      lists: 4,
      users: 3,
      items: 8, // 1 three times, b twice, 3 twice, 4 once
      distinctItems: 4,
      diversity: 4 / 8,
      novelty: 3 / 8, // 3 twice and 4
      coverage: 4 / 8,
      meanScore: (5 + 4.5 + 4 + 4 + 3.5 + 3 + 2.5 + 2) / 8,
      methods: { collaborative_filtering: 2, cold_start: 1, cold_start_fallback: 1 },
    });
  });

  it("has nothing to say of an empty log", async () => {
    expect(await recommendationStats(await temporaryRecords(), day(1))).toEqual({
      lists: 0,
      users: 0,
      items: 0,
      distinctItems: 0,
      diversity: null,
      novelty: null,
      coverage: null,
      meanScore: null,
      methods: {},
    });
  });

  it("calls the 100 most rated known, and no more", async () => {
    const records = await temporaryRecords();
    await upsertItems(
      records,
      Array.from({ length: 101 }, (_, itemId) => ({ itemId, title: "", year: null, genres: [] })),
    );
    await records.updateTable("items").set({ ratings: 100 }).where("id", "=", "7").execute();
    await records.updateTable("items").set({ ratings: 200 }).where("id", "<>", "7").execute();
    await addRecommendations(records, [list(1, 1, "collaborative_filtering", [7, 4], [8, 4])]);
    expect((await recommendationStats(records, day(1))).novelty).toBe(0.5);
  });

  it("lets go of what is old, however much it is", async () => {
    const records = await temporaryRecords();
    const lists = (date: number, count: number) =>
      Array.from({ length: count }, (_, user) => list(date, user, "cold_start", [1, 3]));
    await addRecommendations(records, [...lists(1, 1500), ...lists(2, 3)]);
    expect(await removeRecommendations(records, day(2))).toBe(1500);
    expect(await removeRecommendations(records, day(2))).toBe(0);
    expect((await recommendationStats(records, day(1))).lists).toBe(3);
  });
});
