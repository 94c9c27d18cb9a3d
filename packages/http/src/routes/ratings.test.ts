import { listAudit, type RatingSource } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addFilms } from "../testing/hand-made-films.ts";
import { importFilms, type OpenService, openService } from "../testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService({ now: () => new Date("2026-11-30T12:00:00Z"), newSeed: () => 5 });
  await importFilms(service);
}, 60_000);
afterAll(() => service.close());

type Fields = Record<string, unknown>;

async function generate(body?: object, path = "/generate-ratings/") {
  const headers = { "Content-Type": "application/json" };
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  const answer = await service.app.request(path, { method: "POST", ...sent });
  return { status: answer.status, body: (await answer.json()) as Fields };
}

async function get(path: string, { app } = service) {
  const answer = await app.request(path);
  return { status: answer.status, body: (await answer.json()) as Fields };
}

const rated = (source: RatingSource) =>
  service.tamis.records.selectFrom("ratings").selectAll().where("source", "=", source).execute();

describe("POST /generate-ratings/", () => {
  it("makes synthetic ratings, which no statistic counts, and says so in the audit", async () => {
    const before = await get("/stats");
    expect(await generate({ batch_size: 100 })).toEqual({
      status: 200,
      body: { status: "success", inserted: 100, message: "100 synthetic ratings were made." },
    });
    const made = await rated("synthetic");
    expect(made).toHaveLength(100);
    for (const { rating, rated_at } of made) {
      expect(rating * 2).toBe(Math.round(rating * 2));
      expect(rating >= 0.5 && rating <= 5).toBe(true);
      expect(Number(rated_at)).toBe(1796040000);
    }
    expect(await get("/stats")).toEqual(before);
    const { entries } = await listAudit(service.tamis.records, { action: "ratings.generate" });
    expect(entries).toMatchObject([
      { actor: "loopback", outcome: "done", details: { asked: 100, inserted: 100, seed: 5 } },
    ]);
  });

  it("makes 10,000 without a body, or as many as there is room for", async () => {
    const room = 60 * 80 - (await rated("import")).length - (await rated("synthetic")).length;
    const { status, body } = await generate();
    expect(status).toBe(200);
    expect(body.inserted).toBe(room);
    expect(body.message).toContain("no more pairs");
    expect((await generate({}, "/generate-ratings")).body.inserted).toBe(0);
  });

  it.each([[{ batch_size: 0 }], [{ batch_size: 100_001 }], [{ batch_size: "9" }], [{ size: 9 }]])(
    "refuses %j",
    async (body) => {
      expect((await generate(body)).status).toBe(422);
    },
  );
});

describe("GET /get-random-ratings/", () => {
  it("draws ratings that exist, with their titles", async () => {
    const { status, body } = await get("/get-random-ratings/?count=20");
    expect(status).toBe(200);
    const ratings = body.ratings as Fields[];
    expect(body.count).toBe(20);
    expect(ratings).toHaveLength(20);
    const known = new Set(
      (await rated("import")).map((row) => `${row.user_id} ${row.item_id} ${row.rating}`),
    );
    for (const { user_id, item_id, rating, movie, timestamp } of ratings) {
      expect(known).toContain(`${user_id} ${item_id} ${rating}`);
      expect(movie).toMatch(/\(\d{4}\)$/);
      expect(timestamp).toEqual(expect.any(Number));
    }
  });

  it("draws of one user, and is 404 where there is nothing", async () => {
    const { body } = await get("/get-random-ratings?user_id=7&count=3");
    expect((body.ratings as Fields[]).map(({ user_id }) => user_id)).toEqual([7, 7, 7]);
    expect((await get("/get-random-ratings/?user_id=nobody")).status).toBe(404);
    const empty = await openService();
    expect((await get("/get-random-ratings/", empty)).status).toBe(404);
    await addFilms(empty.tamis);
    expect((await get("/get-random-ratings/", empty)).body.count).toBe(4);
    await empty.close();
  });

  it.each(["count=0", "count=101", "count=x", "n=5"])("refuses ?%s", async (query) => {
    expect((await get(`/get-random-ratings/?${query}`)).status).toBe(422);
  });
});
