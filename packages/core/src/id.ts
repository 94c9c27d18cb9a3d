import { z } from "zod";

/**
 * What identifies a user or an item to the outside: a whole number or a text.
 *
 * Ids have one canonical form, so that `1`, `"1"` and the cell `1` of a CSV file are the same user:
 * a text that is a plain decimal whole number within ±(2^53 − 1) **is** that number (`"7"` → `7`);
 * any other text stays as it is (`"007"`, `"A3SGXH7"`, `"+7"`). `String(id)` is its stored form and
 * {@link canonicalId} brings it back, without loss.
 */
export type Id = string | number;

const wholeNumber = /^(?:0|-?[1-9]\d{0,15})$/;
/** Control characters, and halves of surrogate pairs: those have no UTF-8 and would not come back from a store. */
const unstorable = /[\p{Cc}\p{Cs}]/u;

/** The longest id accepted, in UTF-16 code units. */
export const maxIdLength = 256;

/** The canonical form of an id: see {@link Id}. Does not validate; {@link Id} (the schema) does. */
export function canonicalId(raw: string | number): Id {
  if (typeof raw === "number") return raw === 0 ? 0 : raw; // -0 is 0
  if (!wholeNumber.test(raw)) return raw;
  const value = Number(raw);
  return Number.isSafeInteger(value) ? value : raw;
}

/** Schema of an {@link Id}: not empty, at most 256 characters, no control character, whole and within ±(2^53 − 1) if a number. */
export const Id = z
  .union([
    z.number().int("an id given as a number must be a whole number"),
    z
      .string()
      .min(1, "an id cannot be empty")
      .max(maxIdLength, `an id has at most ${maxIdLength} characters`)
      .refine((text) => !unstorable.test(text), "an id cannot hold a control character or half a character"),
  ])
  .transform(canonicalId);

/**
 * Total order of ids, for stable ties: numbers before texts, numbers by value, texts by code unit.
 *
 * @returns negative, zero or positive, as `Array.prototype.sort` wants it.
 */
export function compareIds(a: Id, b: Id): number {
  if (typeof a === "number") return typeof b === "number" ? a - b : -1;
  if (typeof b === "number") return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
