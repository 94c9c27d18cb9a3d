import { expect, it } from "vitest";
import { isTamisError, TamisError } from "./errors.ts";
import { fromPlainError, toPlainError } from "./plain-error.ts";

it("an error of ours comes out of a structured clone with its code, message and details", () => {
  const error = new TamisError("data_load", "films.csv is empty.", { details: { file: "films.csv" } });
  const come = fromPlainError(structuredClone(toPlainError(error)));
  expect(isTamisError(come)).toBe(true);
  expect(come).toMatchObject({
    code: "data_load",
    message: "films.csv is empty.",
    details: { file: "films.csv" },
  });
});

it("any other error keeps its message, and stays one that is not ours", () => {
  const come = fromPlainError(structuredClone(toPlainError(new RangeError("too far"))));
  expect(isTamisError(come)).toBe(false);
  expect(come.message).toBe("too far");
});
