import { errorCodes, TamisError } from "@tamis/core";
import { expect, it } from "vitest";
import { exitCodeOf, exitCodes, remapStricliCode } from "./exit-codes.ts";

it("gives every error code a documented exit code that is not success", () => {
  const documented: number[] = Object.values(exitCodes).filter((code) => code !== exitCodes.ok);
  for (const code of errorCodes) {
    expect(documented, code).toContain(exitCodeOf(new TamisError(code, "x")));
  }
});

it("fails with 1 for anything that is no TamisError", () => {
  expect(exitCodeOf(new RangeError("x"))).toBe(1);
  expect(exitCodeOf("x")).toBe(1);
});

it("turns the negative codes of the parser into usage errors and failures", () => {
  expect([-4, -5, -1, -2, -3, -10, 0, 6].map(remapStricliCode)).toEqual([2, 2, 1, 1, 1, 1, 0, 6]);
});
