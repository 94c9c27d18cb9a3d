import { TamisError } from "@tamis/core";

/** The `conflict` of a put that was to happen only if absent. */
export function alreadyThere(key: string): TamisError {
  return new TamisError("conflict", `The object ${key} exists already and was left as it is.`, {
    details: { key },
  });
}
