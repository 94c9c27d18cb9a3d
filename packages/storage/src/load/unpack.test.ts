import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { duckdbWarehouse } from "../warehouse/duckdb.ts";
import { unpack } from "./unpack.ts";

async function* pieces(bytes: Uint8Array, length: number) {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}

async function text(bytes: Uint8Array, length = 1000): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of unpack(pieces(bytes, length), "r.csv")) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

/** 100,000 lines as DuckDB packs them. */
async function zstandard(): Promise<{ packed: Buffer; expected: string }> {
  const folder = await temporaryFolder();
  const warehouse = duckdbWarehouse({ dataDir: folder });
  onTestFinished(() => warehouse.close());
  const path = join(folder, "r.csv.zst");
  await warehouse.query(
    `COPY (SELECT i, i * 7919 % 1000 FROM range(100000) t(i)) TO '${path}' (FORMAT csv, HEADER false, COMPRESSION zstd)`,
  );
  const lines = Array.from({ length: 100_000 }, (_, i) => `${i},${(i * 7919) % 1000}\n`);
  return { packed: await readFile(path), expected: lines.join("") };
}

it("unpacks gzip and Zstandard by their bytes, in pieces of any size, several frames too", async () => {
  const { packed, expected } = await zstandard();
  for (const length of [1000, 100_003]) expect((await text(packed, length)) === expected).toBe(true);
  expect((await text(Buffer.concat([packed, packed]))) === expected + expected).toBe(true);
  expect(await text(gzipSync("1,2,3\n"))).toBe("1,2,3\n");
  expect(await text(Buffer.from("1,2,3\n"))).toBe("1,2,3\n");
});

it("gives UTF-16 text with a mark as UTF-8, packed or not, in pieces of any size", async () => {
  const lines = "user,item,rating\r\némile,🎬,4\r\n";
  const little = Buffer.from(`\uFEFF${lines}`, "utf16le");
  const big = Buffer.from(little).swap16();
  for (const bytes of [little, big, gzipSync(little)]) {
    for (const length of [3, 1000]) expect(await text(bytes, length)).toBe(lines);
  }
  const refusal = { code: "data_load", message: "r.csv is a damaged or truncated UTF-16 file." };
  await expect(text(little.subarray(0, -1))).rejects.toMatchObject(refusal);
  await expect(text(Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]))).rejects.toMatchObject(refusal);
});

it("refuses a Zstandard file that is cut or damaged", async () => {
  const { packed } = await zstandard();
  const refusal = { code: "data_load", message: "r.csv is a damaged or truncated Zstandard file." };
  await expect(text(packed.subarray(0, packed.length >> 1))).rejects.toMatchObject(refusal);
  await expect(text(packed.subarray(0, packed.length - 4))).rejects.toMatchObject(refusal);
  await expect(text(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 255, 255, 255, 255]))).rejects.toMatchObject(
    refusal,
  );
});
