import { z } from "zod";
import { Id } from "./id.ts";

/** The values a rating may take, both ends included, e.g. `{ min: 0.5, max: 5 }`. */
export const Scale = z
  .object({ min: z.number(), max: z.number() })
  .refine(({ min, max }) => min < max, "a scale needs min < max");
export type Scale = z.infer<typeof Scale>;

/**
 * One user's opinion of one item, on the scale of its data set.
 *
 * `ratedAt` is in whole **Unix seconds** (as MovieLens has it), `null` when the source has no time.
 */
export const Rating = z.object({
  userId: Id,
  itemId: Id,
  rating: z.number(),
  ratedAt: z.number().int().nullable().default(null),
});
export type Rating = z.infer<typeof Rating>;
