import { z } from "zod";
import { Id } from "./id.ts";

/** A rating with words. `reviewedAt` is in Unix seconds, `null` when unknown. */
export const Review = z.object({
  reviewId: Id,
  userId: Id,
  itemId: Id,
  rating: z.number().nullable().default(null),
  title: z.string().default(""),
  text: z.string().default(""),
  reviewedAt: z.number().int().nullable().default(null),
});
export type Review = z.infer<typeof Review>;
