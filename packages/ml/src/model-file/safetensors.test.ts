import { describe, expect, test } from "vitest";
import { maxHeaderLength, readSafetensors, type SafeTensor, writeSafetensors } from "./safetensors.ts";

describe("writeSafetensors", () => {
  test("writes the bytes that the format prescribes", () => {
    const bytes = joined(
      writeSafetensors({
        metadata: { made: "é" },
        tensors: new Map<string, SafeTensor>([
          ["b", { shape: [2], data: Int32Array.of(1, -2) }],
          ["a", { shape: [1, 1], data: Float64Array.of(0.5) }],
        ]),
      }),
    );
    const json =
      '{"__metadata__":{"made":"é"},"a":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},' +
      '"b":{"dtype":"I32","shape":[2],"data_offsets":[8,16]}}';
    const length = Buffer.byteLength(json);
    const padded = Math.ceil(length / 8) * 8;
    expect(Buffer.from(bytes)).toEqual(
      Buffer.concat([
        Buffer.from([padded, 0, 0, 0, 0, 0, 0, 0]),
        Buffer.from(json),
        Buffer.alloc(padded - length, " "),
        Buffer.from([0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]),
      ]),
    );
  });

  test("every type, no element, no dimension and odd names survive; alignment of the file does not matter", () => {
    const tensors = new Map<string, SafeTensor>([
      ["0", { shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ["__proto__", { shape: [2], data: Float32Array.of(1.5, -0) }],
      ["empty", { shape: [0, 7], data: new Int32Array(0) }],
      ["ids", { shape: [2], data: BigInt64Array.of(-(2n ** 53n), 2n ** 62n) }],
      ["scalar", { shape: [], data: Float64Array.of(Number.MIN_VALUE) }],
    ]);
    const bytes = joined(writeSafetensors({ metadata: {}, tensors }));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    for (const file of [bytes, shifted.subarray(1)]) {
      const read = readSafetensors(file);
      expect(read.metadata).toEqual({});
      expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
    }
  });

  test("cuts large arrays into chunks of at most 4 MiB", () => {
    const data = new Float64Array(1_100_000).fill(1);
    const chunks = writeSafetensors({
      metadata: {},
      tensors: new Map([["x", { shape: [data.length], data }]]),
    });
    expect(chunks.slice(1).map((chunk) => chunk.length)).toEqual([4_194_304, 4_194_304, 411_392]);
  });
});

describe("readSafetensors refuses", () => {
  const entry = (start: number, end: number, more = {}) => ({
    dtype: "I32",
    shape: [(end - start) / 4],
    data_offsets: [start, end],
    ...more,
  });

  test.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "0 bytes"],
    ["a header longer than the file", Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 123), "ends before its header"],
    ["a header of 2^64 − 1 bytes", new Uint8Array(16).fill(255), `at most ${maxHeaderLength}`],
    ["a header that is not JSON", file("{nonsense", 0), "not JSON"],
    ["a header that is not UTF-8", file(Uint8Array.of(0x22, 0xff, 0x22), 0), "not JSON"],
    ["a header that is a list", file("[]", 0), "not a JSON object"],
    ["a header of nothing but brackets", file("[".repeat(1_000_000), 0), "not JSON"],
    ["metadata that are not texts", file({ __metadata__: { a: 1 } }, 0), "__metadata__"],
    ["an entry without offsets", file({ x: { dtype: "I32", shape: [1] } }, 4), "malformed"],
    ["a negative offset", file({ x: entry(-4, 0) }, 4), "malformed"],
    ["a fraction of an element", file({ x: entry(0, 6, { shape: [1.5] }) }, 6), "malformed"],
    ["offsets that overlap", file({ x: entry(0, 8), y: entry(4, 12) }, 12), "starts at byte 4, not at 8"],
    ["offsets with a gap", file({ x: entry(0, 4), y: entry(8, 12) }, 12), "starts at byte 8, not at 4"],
    ["offsets beyond the end", file({ x: entry(0, 8) }, 4), "ends before its tensor"],
    [
      "offsets that run backwards",
      file({ x: entry(0, 4), y: entry(4, 0, { shape: [1] }) }, 4),
      "has -4 bytes",
    ],
    ["a shape that does not fit", file({ x: entry(0, 8, { shape: [3] }) }, 8), "has 8 bytes"],
    [
      "a shape whose product overflows",
      file({ x: entry(0, 8, { shape: [9007199254740991, 9007199254740991, 64] }) }, 8),
      "has 8 bytes",
    ],
    ["bytes after the last tensor", file({ x: entry(0, 4) }, 12), "8 bytes follow"],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(
      expect.objectContaining({ code: "corrupt_data", message: expect.stringContaining(message) }),
    );
  });

  test("a tensor type that Tamis does not use", () => {
    const bytes = file({ x: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, 4);
    expect(() => readSafetensors(bytes)).toThrow(
      expect.objectContaining({ code: "unsupported", message: expect.stringContaining("BF16") }),
    );
  });
});

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(chunks));
}

/** A file with this header and so many bytes of data. */
function file(header: object | string | Uint8Array, dataLength: number): Uint8Array {
  const text = header instanceof Uint8Array || typeof header === "string" ? header : JSON.stringify(header);
  const json = Buffer.from(text as string);
  const length = Buffer.alloc(8);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, Buffer.alloc(dataLength)]);
}
