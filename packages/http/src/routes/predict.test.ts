import type { Id } from "@tamis/core";
import { listUsers, ratingsOfUser } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";
import { predict } from "../testing/predict.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
  await importFilms(service);
  await trainModel(service);
}, 60_000);
afterAll(() => service.close());

describe("POST /predict/", () => {
  it("answers the best unseen items with where they come from", async () => {
    const { status, body } = await predict(service.app, { user_id: 1, n_recommendations: 10 });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual([
      "user_id",
      "recommendations",
      "top_score",
      "model_version",
      "cold_start",
      "ranked_by",
    ]);
    expect(body).toMatchObject({ ranked_by: { algorithm: "svd", kind: "rating" } });
    expect(body).toMatchObject({ user_id: 1, model_version: 1, cold_start: false });
    expect(body.recommendations).toHaveLength(10);
    for (const each of body.recommendations) {
      expect(Object.keys(each)).toEqual(["item_id", "title", "movie", "score", "source", "reason"]);
      expect(each.title).toMatch(/\(\d{4}\)$/);
      expect(each.movie).toBe(each.title);
      expect(each.source).toBe("model");
      expect(each.reason).not.toBe("");
    }
    expect(body.top_score).toBe(body.recommendations[0]?.score);
  });

  it("never shows an item the user rated, nor a score off the scale or out of order, for any user", async () => {
    const { users } = await listUsers(service.tamis.records, { limit: 500 });
    expect(users.length).toBe(60);
    for (const { userId } of users) {
      const rated = (await ratingsOfUser(service.tamis.records, userId)).map(({ itemId }) => itemId);
      const { body } = await predict(service.app, { user_id: userId, top_n: 50 });
      const items = body.recommendations.map(({ item_id }) => item_id);
      expect(new Set<Id>([...rated, ...items]).size).toBe(rated.length + items.length);
      expect(items.length).toBe(Math.min(50, 80 - rated.length));
      const scores = body.recommendations.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const score of scores) expect(score >= 0.5 && score <= 5).toBe(true);
    }
  });

  it("takes n_recommendations or top_n, or both when they agree, and 5 when there is none", async () => {
    const lengths = async (body: object) =>
      (await predict(service.app, { user_id: 2, ...body })).body.recommendations.length;
    expect(await lengths({})).toBe(5);
    expect(await lengths({ top_n: 7 })).toBe(7);
    expect(await lengths({ n_recommendations: 7 })).toBe(7);
    expect(await lengths({ n_recommendations: 7, top_n: 7 })).toBe(7);
  });

  it.each([
    [{}, ["#/user_id"]],
    [{ user_id: "" }, ["#/user_id"]],
    [{ user_id: 1.5 }, ["#/user_id"]],
    [{ user_id: [1] }, ["#/user_id"]],
    [{ user_id: 1, top_n: 0 }, ["#/top_n"]],
    [{ user_id: 1, n_recommendations: 51 }, ["#/n_recommendations"]],
    [{ user_id: 1, top_n: "5" }, ["#/top_n"]],
    [{ user_id: 1, top_n: 5, n_recommendations: 6 }, ["#/top_n"]],
    [{ user_id: 1, limit: 5, "a/b~": 1 }, ["#/limit", "#/a~1b~0"]],
    [[], ["#"]],
  ])("refuses %j and points at the place", async (sent, pointers) => {
    const { status, body } = await predict(service.app, sent);
    expect(status).toBe(422);
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    for (const { detail } of body.errors ?? []) expect(detail).not.toBe("");
  });

  it("greets an unknown user with a cold start", async () => {
    const { status, body } = await predict(service.app, { user_id: "nobody", top_n: 3 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ user_id: "nobody", cold_start: true, model_version: 1 });
    expect(body.recommendations.map(({ source }) => source)).toEqual([
      "popularity",
      "popularity",
      "popularity",
    ]);
  });

  it("takes “1” for the user 1, and a path without the slash", async () => {
    const one = (await predict(service.app, { user_id: 1 })).body;
    expect((await predict(service.app, { user_id: "1" })).body).toEqual(one);
    expect((await predict(service.app, { user_id: 1 }, "/predict")).body).toEqual(one);
  });

  it("counts what it recommends by source and says which model it serves", async () => {
    const metric = async (pattern: RegExp) =>
      Number(pattern.exec(await (await service.app.request("/metrics")).text())?.[1] ?? 0);
    const fromModel = /^recommendations_total\{source="model"\} (\d+)$/m;
    const before = await metric(fromModel);
    await predict(service.app, { user_id: 3, top_n: 4 });
    expect(await metric(fromModel)).toBe(before + 4);
    expect(
      await metric(
        /^model_info\{model="Best_Film_Recommender",algorithm="svd",version="1",snapshot="[0-9a-f]{64}"\} (\d)$/m,
      ),
    ).toBe(1);
  });
});

describe("GET /api/models", () => {
  it("names the champion and describes each version", async () => {
    const body = await (await service.app.request("/api/models")).json();
    expect(body).toMatchObject({
      model: "Best_Film_Recommender",
      champion: 1,
      versions: [
        { version: 1, aliases: ["champion"], algorithm: "svd", metrics: { rmse: expect.any(Number) } },
      ],
    });
  });
});
