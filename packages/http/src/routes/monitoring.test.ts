import { addRecommendations, upsertItems } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";
import { predict } from "../testing/predict.ts";

const now = new Date("2026-11-30T12:00:00Z");
let service: OpenService;
beforeAll(async () => {
  service = await openService({ now: () => now });
});
afterAll(() => service.close());

async function get(path: string, { app } = service) {
  const answer = await app.request(path);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe("GET /monitoring/recommendations", () => {
  it("sums the log of the last days up, to four decimals", async () => {
    await upsertItems(
      service.tamis.records,
      [1, 2, 3, 4, 5, 6, 7].map((itemId) => ({ itemId, title: `${itemId}`, year: null, genres: [] })),
    );
    await service.tamis.records.updateTable("items").set({ ratings: 120 }).where("id", "=", "1").execute();
    const list = { modelVersion: null, requested: 3, method: "cold_start" } as const;
    const items = (...ids: number[]) => ids.map((itemId) => ({ itemId, score: itemId / 3 }));
    const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
    await addRecommendations(service.tamis.records, [
      { ...list, at: daysAgo(8), userId: 5, items: items(7) },
      { ...list, at: daysAgo(6.9), userId: 1, items: items(1, 2, 3) },
      { ...list, at: daysAgo(1), userId: 1, items: items(1, 4) },
      { ...list, at: daysAgo(0), userId: 2, items: items(1), method: "collaborative_filtering" },
    ]);
    expect(await get("/monitoring/recommendations?days=7")).toEqual({
      status: 200,
      body: {
        period_days: 7,
        total_requests: 3,
        unique_users: 2,
        total_recommendations: 6,
        unique_movies: 4,
        diversity: 0.6667,
        novelty: 0.5,
        coverage: 0.5714,
        mean_score: 0.6667,
        methods: { cold_start: 2, collaborative_filtering: 1 },
      },
    });
    expect((await get("/monitoring/recommendations")).body.total_requests).toBe(3);
    expect((await get("/monitoring/recommendations/?days=30")).body.total_requests).toBe(4);
  });

  it.each(["days=0", "days=3651", "days=x", "day=1"])("refuses ?%s", async (query) => {
    expect((await get(`/monitoring/recommendations?${query}`)).status).toBe(422);
    expect((await get(`/monitoring/stats?${query}`)).status).toBe(422);
  });
});

describe("GET /monitoring/stats", () => {
  it("tells what the service did, with which model, and how it trained", async () => {
    const fresh = await openService({ now: () => now });
    await importFilms(fresh);
    await trainModel(fresh);
    for (const user_id of [1, 2, 3]) await predict(fresh.app, { user_id });
    await predict(fresh.app, {});
    await fresh.app.close();
    const { status, body } = await get("/monitoring/stats?days=1", fresh);
    expect(status).toBe(200);
    expect(body).toEqual({
      service: {
        started_at: now.toISOString(),
        requests: 4,
        refused: 1,
        failed: 0,
        latency_ms: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
        recommendations_not_logged: 0,
      },
      model: {
        name: "Best_Film_Recommender",
        version: 1,
        algorithm: "svd",
        created_at: expect.any(String),
        age_days: expect.any(Number),
        metrics: expect.objectContaining({ rmse: expect.any(Number) }),
      },
      recommendations: expect.objectContaining({
        total_requests: 3,
        total_recommendations: 15,
        methods: { collaborative_filtering: 3 },
      }),
      trainings: [],
    });
    await fresh.close();
  });
});
