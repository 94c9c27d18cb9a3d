import { z } from "zod";
import { Id } from "./id.ts";

/** Something that is rated: a film, a recipe, a product. `year` is its release year when known. */
export const Item = z.object({
  itemId: Id,
  title: z.string(),
  year: z.number().int().nullable().default(null),
  genres: z.array(z.string()).default([]),
});
export type Item = z.infer<typeof Item>;

/**
 * The year in round brackets that ends a title.
 *
 * @example
 * releaseYear("Toy Story (1995)"); // 1995
 * releaseYear("2001: A Space Odyssey"); // null
 */
export function releaseYear(title: string): number | null {
  const found = /\((\d{4})\)\s*$/.exec(title);
  return found ? Number(found[1]) : null;
}
