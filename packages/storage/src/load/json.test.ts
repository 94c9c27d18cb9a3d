import type { Reject } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { detectJson, jsonRatings } from "./json.ts";
import { idAt } from "./rating-batch.ts";

function read(text: string, asked?: readonly string[], size = 1 << 20) {
  const bytes = Buffer.from(text);
  const layout = detectJson({ bytes, empty: bytes.length === 0 }, "r.json", asked);
  const rows: unknown[] = [];
  const rejects: Reject[] = [];
  const reader = jsonRatings(
    layout,
    "r.json",
    { min: 0, max: 5 },
    {
      onBatch(batch) {
        for (let row = 0; row < batch.length; row++)
          rows.push([batch.lines[row], idAt(batch.users, row), idAt(batch.items, row), batch.ratings[row]]);
      },
      onReject: (reject) => rejects.push(reject),
    },
  );
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return { rows, rejects };
}

const objects = [
  { user: 1, item: "a", rating: 4 },
  { user: "u{2}", item: 'q"]', rating: 4.5 },
];
const expected = [
  [1, "a", 4],
  ["u{2}", 'q"]', 4.5],
];

describe("JSON ratings", () => {
  it("reads lines, arrays and pretty-printed arrays alike, whatever the chunks", () => {
    const texts = [
      objects.map((object) => JSON.stringify(object)).join("\n"),
      JSON.stringify(objects),
      JSON.stringify(objects, null, 2),
      `\uFEFF${objects.map((object) => JSON.stringify(object, null, 2)).join("\n")}`,
    ];
    for (const text of texts) {
      for (const size of [1, 5, 1 << 20]) {
        expect(read(text, undefined, size).rows.map((row) => (row as unknown[]).slice(1))).toEqual(expected);
      }
    }
    expect(read(texts[2]!).rows.map((row) => (row as unknown[])[0])).toEqual([2, 7]);
  });

  it("refuses a damaged line and goes on with the next", () => {
    const lines = [
      '{"user":1,"item":2,"rating":3}',
      '{"user":1,"item":',
      '{"user":1,"item":3,"rating":null}',
      "[]",
    ];
    const { rows, rejects } = read(`${lines.join("\n")}\n{"user":1,"item":9,"rating":1}`);
    expect(rows).toEqual([
      [1, 1, 2, 3],
      [5, 1, 9, 1],
    ]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "invalid_json"],
      [3, "missing_rating"],
      [4, "invalid_json"],
    ]);
  });

  it("refuses what stands between objects and is none, and goes on with the next object", () => {
    const text =
      '[\n{"user":1,"item":2,"rating":3},\n42, null,\n"text", {"user":1,"item":3,"rating":4}, }\n]\nrest';
    for (const size of [1, 1 << 20]) {
      const { rows, rejects } = read(text, undefined, size);
      expect(rows).toEqual([
        [2, 1, 2, 3],
        [4, 1, 3, 4],
      ]);
      expect(rejects.map(({ line, reason, raw }) => [line, reason, raw.trim()])).toEqual([
        [3, "invalid_json", "42, null,"],
        [4, "invalid_json", '"text",'],
        [4, "invalid_json", "}"],
        [6, "invalid_json", "rest"],
      ]);
    }
  });

  it("refuses the object that the end of the file cuts off", () => {
    const { rows, rejects } = read('[\n{"user":1,"item":2,"rating":3},\n{"user":1,"it');
    expect(rows).toHaveLength(1);
    expect(rejects).toMatchObject([{ line: 3, reason: "invalid_json", raw: '{"user":1,"it' }]);
  });

  it("takes the caller's keys, and says which there are", () => {
    const text = '{"who":1,"what":2,"points":3}\n';
    expect(read(text, ["who", "what", "points"]).rows).toEqual([[1, 1, 2, 3]]);
    expect(() => read(text, ["who", "which", "points"])).toThrow(/no column “which”.*who, what, points/);
    expect(() => read("")).toThrow("is empty");
    expect(() => read("hello")).toThrow("no JSON object");
  });
});
