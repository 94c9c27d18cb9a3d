import { describe, expect, it } from "vitest";
import { canonicalId, compareIds, Id, maxIdLength } from "./id.ts";
import { createRandom } from "./random.ts";

const numbers: [string, number][] = [
  ["0", 0],
  ["7", 7],
  ["-7", -7],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ["-9007199254740991", Number.MIN_SAFE_INTEGER],
];
const texts = [
  ...[
    "-0",
    "+7",
    "007",
    "1e3",
    "1.0",
    "0x10",
    "--1",
    " 1",
    "1 ",
    "1_000",
    "٣",
    "１",
    "Infinity",
    "NaN",
    "A3SGXH7",
  ],
  ...[
    "9007199254740992",
    "9007199254740993",
    "-9007199254740992",
    "12345678901234567890",
    "é",
    "日本",
    "👩‍🍳",
    "a,b\"c'",
  ],
];

describe("canonicalId", () => {
  it("turns a plain whole number written as text into that number", () => {
    for (const [text, value] of numbers) expect(canonicalId(text)).toBe(value);
  });

  it("leaves every other text as it is", () => {
    for (const text of texts) expect(canonicalId(text)).toBe(text);
  });

  it("makes one id of 0 and -0", () => {
    expect(Object.is(canonicalId(-0), 0)).toBe(true);
  });

  it("comes back from its stored form without loss, whatever the text", () => {
    const random = createRandom(7);
    const alphabet = [..."0123456789-+.eE _aZ"];
    const made = Array.from({ length: 20_000 }, () =>
      Array.from({ length: 1 + random.integer(18) }, () => alphabet[random.integer(alphabet.length)]).join(
        "",
      ),
    );
    for (const text of [...made, ...texts, ...numbers.map(([text]) => text)]) {
      const id = canonicalId(text);
      expect(String(id)).toBe(text);
      expect(canonicalId(String(id))).toBe(id);
    }
  });
});

describe("the schema Id", () => {
  it("gives the canonical form", () => {
    expect(Id.parse("42")).toBe(42);
    expect(Id.parse(42)).toBe(42);
    expect(Id.parse("007")).toBe("007");
  });

  it("accepts 256 characters and refuses 257", () => {
    expect(Id.parse("x".repeat(maxIdLength))).toHaveLength(256);
    expect(Id.safeParse("x".repeat(maxIdLength + 1)).success).toBe(false);
  });

  it("refuses what cannot be stored and read back: nothing, control characters, half characters, fractions", () => {
    const refused = [
      "",
      "a\u0000b",
      "a\nb",
      "\u007f",
      "\u0085",
      "\ud83d",
      "x\udc00",
      1.5,
      2 ** 53,
      Number.NaN,
      1e21,
    ];
    for (const value of [...refused, Number.POSITIVE_INFINITY, null, undefined, true, {}, 7n])
      expect(Id.safeParse(value).success, String(value)).toBe(false);
  });

  it("accepts whole characters beyond the basic plane", () => {
    expect(Id.parse("👩‍🍳")).toBe("👩‍🍳");
  });
});

describe("compareIds", () => {
  it("puts numbers before texts, numbers by value, texts by code unit", () => {
    const sorted = [-7, 0, 2, 10, "007", "10x", "A", "a", "é"];
    expect(
      createRandom(1)
        .shuffle([...sorted])
        .sort(compareIds),
    ).toEqual(sorted);
    expect(compareIds("a", "a")).toBe(0);
    expect(compareIds(3, 3)).toBe(0);
  });

  it("is antisymmetric and transitive", () => {
    const ids = [...texts, ...numbers.map(([, value]) => value)].sort(compareIds);
    ids.forEach((a, i) => {
      ids.forEach((b, j) => {
        expect(Math.sign(compareIds(a, b)), `${a} ${b}`).toBe(Math.sign(i - j));
      });
    });
  });
});
