import { z } from "zod";
import { Id } from "./id.ts";

/**
 * Somebody who rates. `attributes` holds what the source says beside the id (an age band, an occupation);
 * what would identify a person (a postcode, a name) does not belong there.
 */
export const User = z.object({
  userId: Id,
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
export type User = z.infer<typeof User>;
