import { type Id, Id as IdSchema } from "@tamis/core";

/** Parser of an id. @throws Error saying what is wrong with it */
export function parseId(input: string): Id {
  const parsed = IdSchema.safeParse(input);
  if (!parsed.success) throw new Error(`${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}
