import type { Id } from "@tamis/core";
import { allItems, ratingsOfUser } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";
import { predict } from "../testing/predict.ts";

/** What `/predict/` can be asked beside a user and a number. */
let service: OpenService;
let genresOf: Map<Id, readonly string[]>;
let yearOf: Map<Id, number | null>;
beforeAll(async () => {
  service = await openService();
  await importFilms(service);
  await trainModel(service);
  const items = await allItems(service.tamis.records);
  genresOf = new Map(items.map(({ itemId, genres }) => [itemId, genres]));
  yearOf = new Map(items.map(({ itemId, year }) => [itemId, year]));
}, 60_000);
afterAll(() => service.close());

const itemsOf = async (body: object) =>
  (await predict(service.app, body)).body.recommendations.map(({ item_id }) => item_id);

describe("filters", () => {
  it("keep to genres and years, in the order of the scores", async () => {
    const genre = [...genresOf.values()].flat()[0]!;
    const { body } = await predict(service.app, {
      user_id: 1,
      top_n: 50,
      filters: { genres: [genre.toUpperCase()], from_year: 1980, to_year: 2000 },
    });
    expect(body.recommendations.length).toBeGreaterThan(0);
    for (const { item_id } of body.recommendations) {
      expect(genresOf.get(item_id)).toContain(genre);
      expect(yearOf.get(item_id)).toBeGreaterThanOrEqual(1980);
      expect(yearOf.get(item_id)).toBeLessThanOrEqual(2000);
    }
    const scores = body.recommendations.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const others = await itemsOf({ user_id: 1, top_n: 50, filters: { not_genres: [genre] } });
    for (const itemId of others) expect(genresOf.get(itemId)).not.toContain(genre);
  });

  it("keep to some items, or leave some out", async () => {
    const all = await itemsOf({ user_id: 1, top_n: 6 });
    const [first, second, ...rest] = all;
    expect(await itemsOf({ user_id: 1, top_n: 4, filters: { exclude: [first, second] } })).toEqual(rest);
    expect(await itemsOf({ user_id: 1, filters: { include: [rest[0], first] } })).toEqual([first, rest[0]]);
  });

  it("are 404 when they leave nothing", async () => {
    const { status, body } = await predict(service.app, { user_id: 1, filters: { genres: ["Nonsense"] } });
    expect(status).toBe(404);
    expect(body.detail).toContain("Nothing is left");
  });

  it.each([
    [{ filters: { year: 1990 } }, ["#/filters/year"]],
    [{ filters: { genres: [] } }, ["#/filters/genres"]],
    [{ ratings: [{ item_id: 1, rating: 6 }] }, ["#/ratings/0/rating"]],
    [{ ratings: [{ item_id: 1, rating: 0.4 }] }, ["#/ratings/0/rating"]],
    [{ ratings: [{ item_id: 1, rating: 3, when: 0 }] }, ["#/ratings/0/when"]],
    [{ ratings: [] }, ["#/ratings"]],
    [{ explain: "yes" }, ["#/explain"]],
  ])("refuse %j", async (sent, pointers) => {
    const { status, body } = await predict(service.app, { user_id: 1, ...sent });
    expect(status).toBe(422);
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe("ratings that come with the request", () => {
  it("fold somebody new in, whom nothing is stored of", async () => {
    const ratings = [1, 2, 3, 4, 5].map((item_id) => ({ item_id, rating: 5 - (item_id % 2) * 4 }));
    const { status, body } = await predict(service.app, { ratings, top_n: 50 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ user_id: null, cold_start: true });
    expect(body.recommendations[0]).toMatchObject({ source: "fold_in" });
    for (const { item_id } of body.recommendations) expect([1, 2, 3, 4, 5]).not.toContain(item_id);
    const opposite = ratings.map(({ item_id, rating }) => ({ item_id, rating: 6 - rating }));
    const other = await predict(service.app, { ratings: opposite, top_n: 50 });
    expect(other.body.recommendations).not.toEqual(body.recommendations);
    expect(await ratingsOfUser(service.tamis.records, "")).toEqual([]);
  });

  it("count beside what a user has stored, and instead of it", async () => {
    const [first] = await itemsOf({ user_id: 1 });
    const rated = { item_id: first, rating: 5 };
    expect(await itemsOf({ user_id: 1, top_n: 50, ratings: [rated] })).not.toContain(first);
    expect(await itemsOf({ user_id: 1 })).toContain(first);
  });

  it("choose genres while there is no model", async () => {
    const fresh = await openService();
    await importFilms(fresh);
    const ratings = [{ item_id: 1, rating: 5 }];
    const { body } = await predict(fresh.app, { ratings, top_n: 4 });
    expect(body.model_version).toBeNull();
    expect(body.recommendations[0]?.source).toBe("genre");
    await fresh.close();
  });
});

describe("explain", () => {
  it("takes each score of the model apart", async () => {
    const { body } = await predict(service.app, { user_id: 1, top_n: 3, explain: true });
    for (const { score, ...each } of body.recommendations) {
      const { contributions } = each as unknown as { contributions: { value: number }[] };
      const sum = contributions.reduce((total, { value }) => total + value, 0);
      expect(Math.min(5, Math.max(0.5, sum))).toBeCloseTo(score, 6);
    }
    const { body: cold } = await predict(service.app, { user_id: "nobody", top_n: 1, explain: true });
    expect(cold.recommendations[0]).not.toHaveProperty("contributions");
  });

  it("does so for one item over GET /api/explain", async () => {
    const ask = async (query: string) => {
      const answer = await service.app.request(`/api/explain?${query}`);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const { body } = await predict(service.app, { user_id: 1, top_n: 1 });
    const { item_id, title } = body.recommendations[0]!;
    const { status, body: told } = await ask(`user_id=1&item_id=${item_id}`);
    expect(status).toBe(200);
    expect(told).toMatchObject({ item_id, title, algorithm: "svd", known_user: true, model_version: 1 });
    expect(Math.min(5, told.score as number)).toBeCloseTo(body.top_score, 6);
    expect((await ask(`user_id=nobody&item_id=${item_id}`)).status).toBe(404);
    expect((await ask("user_id=1&item_id=99999")).status).toBe(404);
    expect((await ask("user_id=1")).status).toBe(422);
  });

  it("lists similar items, most similar first, without the item itself", async () => {
    const answer = await service.app.request("/api/items/1/similar?n=5");
    expect(answer.status).toBe(200);
    const { item_id, similar } = (await answer.json()) as {
      item_id: Id;
      similar: { item_id: Id; title: string; similarity: number }[];
    };
    expect(item_id).toBe(1);
    expect(similar.length).toBeGreaterThan(0);
    expect(similar.map((each) => each.item_id)).not.toContain(1);
    const values = similar.map(({ similarity }) => similarity);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect((await service.app.request("/api/items/99999/similar")).status).toBe(404);
    expect((await service.app.request("/api/items/1/similar?n=51")).status).toBe(422);
  });
});
