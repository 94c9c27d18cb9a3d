import { expect, it } from "vitest";
import { parseColumns, parseScale, parseSeparator } from "./import-ratings.ts";

it("reads scales with negative and decimal ends", () => {
  expect(parseScale("-10..10")).toEqual({ min: -10, max: 10 });
  expect(parseScale("0.5..4")).toEqual({ min: 0.5, max: 4 });
  expect(parseScale("-.5..+.5")).toEqual({ min: -0.5, max: 0.5 });
});

it.each(["", "5", "1..", "..5", "5..1", "1..1", "a..b", "1...5", "1..2..3"])(
  "refuses the scale “%s”",
  (input) => {
    expect(() => parseScale(input)).toThrow("MIN..MAX");
  },
);

it("reads separators as they are and by name", () => {
  const typed = [",", ";", "::", "|", "\\t", "tab", "\t", "space"];
  expect(typed.map(parseSeparator)).toEqual([",", ";", "::", "|", "\t", "\t", "\t", " "]);
});

it.each(["", "\n", '"', "a", "1", "-", "constructor"])("refuses the separator “%s”", (input) => {
  expect(() => parseSeparator(input)).toThrow("expected one such as");
});

it("reads columns in any order and lets some be skipped", () => {
  expect(parseColumns("item,user,rating")).toEqual(["item", "user", "rating"]);
  expect(parseColumns("user, item, _, rating, timestamp")).toEqual([
    "user",
    "item",
    "_",
    "rating",
    "timestamp",
  ]);
});

it("refuses fewer columns than a rating has", () => {
  expect(() => parseColumns("user,item")).toThrow("user,item,rating");
});
