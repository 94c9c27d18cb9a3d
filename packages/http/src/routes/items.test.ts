import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addFilms } from "../testing/hand-made-films.ts";
import { type OpenService, openService } from "../testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
  await addFilms(service.tamis);
});
afterAll(() => service.close());

type Fields = Record<string, unknown>;
interface Body extends Fields {
  readonly items: Fields[];
  readonly next: string | null;
}

async function ask(path: string): Promise<{ status: number; body: Body }> {
  const answer = await service.app.request(path);
  return { status: answer.status, body: (await answer.json()) as Body };
}

const toyStory = {
  item_id: 1,
  title: "Toy Story (1995)",
  year: 1995,
  genres: ["Animation", "Comedy"],
  ratings: 3,
  average_rating: 4,
};

describe("GET /api/items", () => {
  it("lists items, most rated first, with what is thought of them", async () => {
    const { status, body } = await ask("/api/items");
    expect(status).toBe(200);
    expect(body.items.map((item) => item.item_id)).toEqual([1, 2, "tt-3"]);
    expect(body.items[0]).toEqual(toyStory);
    expect(body.items[2]).toMatchObject({ ratings: 0, average_rating: null, year: null, genres: [] });
    expect(body.next).toBeNull();
  });

  it("finds part of a title, accents or not, and a genre", async () => {
    expect((await ask("/api/items?search=CITE")).body.items).toHaveLength(1);
    expect((await ask("/api/items?genre=Comedy")).body.items).toEqual([toyStory]);
    expect((await ask("/api/items?genre=Comedy&search=alien")).body).toEqual({ items: [], next: null });
  });

  it("pages through everything once", async () => {
    const seen: unknown[] = [];
    let after = "";
    do {
      const { body } = await ask(`/api/items?limit=1${after}`);
      expect(body.items).toHaveLength(1);
      seen.push(body.items[0]?.item_id);
      after = body.next === null ? "" : `&after=${encodeURIComponent(body.next)}`;
    } while (after !== "");
    expect(seen).toEqual([1, 2, "tt-3"]);
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["limit=many", "limit"],
    ["search=", "search"],
    ["colour=red", "colour"],
    ["limit=1&limit=2", "limit"],
  ])("refuses ?%s and names the parameter", async (query, parameter) => {
    const { status, body } = await ask(`/api/items?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ parameter, detail: expect.any(String) }]);
  });

  it("refuses a cursor that no page gave", async () => {
    const { status, body } = await ask("/api/items?after=nonsense");
    expect(status).toBe(422);
    expect(body.type).toBe("urn:tamis:problem:invalid-input");
  });
});

describe("GET /api/items/{id}", () => {
  it.each([
    ["1", 1],
    ["tt-3", "tt-3"],
  ])("answers item %s", async (path, id) => {
    const { status, body } = await ask(`/api/items/${path}`);
    expect(status).toBe(200);
    expect(body.item_id).toBe(id);
    expect(Object.keys(body)).toEqual(["item_id", "title", "year", "genres"]);
  });

  it("is 404 for an item that is not there, and says how to find those that are", async () => {
    const { status, body } = await ask("/api/items/999");
    expect(status).toBe(404);
    expect(body.detail).toContain("GET /api/items");
  });

  it("is 422 for what cannot be an id", async () => {
    expect((await ask(`/api/items/${"x".repeat(257)}`)).status).toBe(422);
    expect((await ask("/api/items/%00")).status).toBe(422);
  });
});
