import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { type Id, Id as IdSchema, type Item, TamisError } from "@tamis/core";
import { findItem, listItems } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { IdAnswer, json, problems } from "./answers.ts";

const ItemAnswer = z
  .object({
    item_id: IdAnswer,
    title: z.string(),
    year: z.number().int().nullable(),
    genres: z.array(z.string()),
  })
  .openapi("Item");

const ItemPage = z
  .object({
    items: z.array(
      ItemAnswer.extend({ ratings: z.number().int(), average_rating: z.number().nullable() }).openapi(
        "RatedItem",
      ),
    ),
    next: z.string().nullable().openapi({ description: "Pass it as after; null on the last page." }),
  })
  .openapi("ItemPage");

const list = createRoute({
  method: "get",
  path: "/api/items",
  ...needs("items:read"),
  summary: "Items, page by page",
  request: {
    query: z.strictObject({
      search: z.string().min(1).max(200).optional().openapi({ description: "Part of a title." }),
      genre: z.string().min(1).max(100).optional().openapi({ description: "Exact name of a genre." }),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      after: z.string().max(1000).optional().openapi({ description: "The next of the page before." }),
    }),
  },
  responses: { 200: json("A page of items", ItemPage), ...problems("unauthenticated", "invalid_input") },
});

const get = createRoute({
  method: "get",
  path: "/api/items/{id}",
  ...needs("items:read"),
  summary: "One item",
  request: { params: z.object({ id: IdSchema }) },
  responses: {
    200: json("The item", ItemAnswer),
    ...problems("unauthenticated", "not_found", "invalid_input"),
  },
});

export function itemRoutes({ tamis }: Services): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>()
    .openapi(list, async (context) => {
      const { items, next } = await listItems(tamis.records, context.req.valid("query"));
      const answers = items.map((item) => ({
        ...answer(item),
        ratings: item.ratings,
        average_rating: item.average,
      }));
      return context.json({ items: answers, next }, 200);
    })
    .openapi(get, async (context) => {
      const { id } = context.req.valid("param");
      const item = await findItem(tamis.records, id);
      if (item === undefined) throw unknownItem(id);
      return context.json(answer(item), 200);
    });
}

function answer({ itemId, title, year, genres }: Item): z.infer<typeof ItemAnswer> {
  return { item_id: itemId, title, year, genres };
}

function unknownItem(id: Id): TamisError {
  return new TamisError("not_found", `There is no item ${id}. GET /api/items lists them.`);
}
