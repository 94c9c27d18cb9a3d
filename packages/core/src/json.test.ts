import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson, jsonDigest } from "./json.ts";

describe("canonicalJson", () => {
  it("is one text for equal values, whatever the order of their names", () => {
    const value = { b: [1, { d: null, c: true }], a: 'l’été " \\ 🎬', e: -0, f: 1e-7 };
    const text = '{"a":"l’été \\" \\\\ 🎬","b":[1,{"c":true,"d":null}],"e":0,"f":1e-7}';
    expect(canonicalJson(value)).toBe(text);
    expect(canonicalJson(JSON.parse(text))).toBe(text);
  });

  it("leaves out what is undefined in an object", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it("allows the same object in two places", () => {
    const shared = { x: 1 };
    expect(canonicalJson([shared, shared])).toBe('[{"x":1},{"x":1}]');
  });

  const circular: unknown[] = [];
  circular.push({ circular });
  it.each([
    [{ a: { b: [1, Number.NaN] } }, "The config.a.b[1] is NaN"],
    [{ at: new Date(0) }, "The config.at is a Date"],
    [{ f: () => 1 }, "The config.f is () => 1"],
    [[undefined], "The config[0] is undefined"],
    [{ n: 1n }, "The config.n is 1"],
    [circular, "The config[0].circular is a Array"],
  ])("refuses what JSON cannot hold, naming the place: %#", (value, place) => {
    expect(() => canonicalJson(value, "The config")).toThrow(place);
  });
});

it("jsonDigest is the SHA-256 of the canonical text", async () => {
  const expected = createHash("sha256").update('{"a":1,"b":"é"}').digest("hex");
  expect(await jsonDigest({ b: "é", a: 1 })).toBe(expected);
});
