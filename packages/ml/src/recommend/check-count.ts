import { TamisError } from "@tamis/core";

/** @throws invalid_input when `n` is not a whole number of 0 or more */
export function checkCount(n: number): void {
  if (Number.isSafeInteger(n) && n >= 0) return;
  throw new TamisError("invalid_input", `n is ${n}; it must be a whole number of 0 or more.`);
}
