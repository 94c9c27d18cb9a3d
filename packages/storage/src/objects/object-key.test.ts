import { describe, expect, it } from "vitest";
import { checkObjectKey, checkObjectPrefix } from "./object-key.ts";

describe("checkObjectKey", () => {
  it.each([
    "a",
    "a/b.c",
    "...",
    ".hidden",
    "a/.tmp",
    "été 🎬",
    "a:b",
    "~",
    "x".repeat(255),
    `${"x".repeat(249)}/`.repeat(3),
  ])("accepts %j", (key) => {
    expect(() => checkObjectKey(key.replace(/\/$/, ""))).not.toThrow();
  });

  it.each([
    [".tmp/a", "belongs to the store"],
    ["é".repeat(451), "more than 900 bytes"],
    [`a/${"é".repeat(128)}`, "a segment of more than 255 bytes"],
    ["a/../b", "a segment “..”"],
    ["a\\b", "a backslash or a control character"],
    ["a\u007f", "a backslash or a control character"],
    ["e\u0301", "normal form C"],
    ["a\udc00", "not well-formed"],
  ])("refuses %j and says why", (key, why) => {
    expect(() => checkObjectKey(key)).toThrow(why);
  });
});

describe("checkObjectPrefix", () => {
  it.each(["", "a", "a/", "a/b", "a/.", "."])("accepts %j", (prefix) => {
    expect(() => checkObjectPrefix(prefix)).not.toThrow();
  });

  it.each(["/", "../", "a//", ".tmp/", "a/../"])("refuses %j", (prefix) => {
    expect(() => checkObjectPrefix(prefix)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});
