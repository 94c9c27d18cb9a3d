import { TamisError } from "@tamis/core";

/** What a column holds: `float` is an eight-byte one, `integer` an eight-byte one too. */
export type CopyType = "text" | "float" | "integer";

/** Rows as columns: texts as strings, numbers as a Float64Array. `NaN` in an `integer` column is null. */
export interface CopyBatch {
  readonly length: number;
  readonly columns: readonly (readonly string[] | Float64Array)[];
  /** Rows that are left out are marked by 1. */
  readonly skipped?: Uint8Array | undefined;
}

/** Bytes of a chunk; measured: from 64 KiB on it does not matter. */
const chunkSize = 256 * 1024;

/**
 * Rows in the binary format of PostgreSQL's COPY, in chunks.
 *
 * @throws invalid_input for a number that is not whole in an `integer` column
 * @source PostgreSQL documentation, SQL command COPY, “Binary Format”.
 */
export async function* binaryCopy(
  types: readonly CopyType[],
  batches: AsyncIterable<CopyBatch>,
): AsyncGenerator<Uint8Array> {
  let chunk = newChunk(chunkSize);
  chunk.at = chunk.bytes.write("PGCOPY\n\xff\r\n\0", "latin1") + 8; // no flags, no extension: zeroes
  for await (const batch of batches) {
    for (let row = 0; row < batch.length; ) {
      const next = writeRows(chunk, types, batch, row);
      if (next === batch.length) break;
      yield chunk.bytes.subarray(0, chunk.at);
      chunk = newChunk(next === row ? rowBytes(types, batch, row) : chunkSize);
      row = next;
    }
  }
  yield chunk.bytes.subarray(0, chunk.at);
  yield Buffer.from([0xff, 0xff]);
}

interface Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;
  at: number;
}

/** A fresh one each time: the former may still be on its way. */
function newChunk(size: number): Chunk {
  const bytes = Buffer.alloc(Math.max(size, chunkSize));
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at: 0 };
}

/** Writes rows from `start` as long as they fit; answers the first that does not. */
function writeRows(
  chunk: Chunk,
  types: readonly CopyType[],
  { length, columns, skipped }: CopyBatch,
  start: number,
): number {
  const { bytes, view } = chunk;
  const batch = { length, columns };
  for (let row = start; row < length; row++) {
    if (skipped?.[row]) continue;
    if (chunk.at + rowBytes(types, batch, row) > bytes.length) return row;
    view.setInt16(chunk.at, types.length);
    let at = chunk.at + 2;
    for (let column = 0; column < types.length; column++) {
      const values = columns[column]!;
      if (types[column] === "text") at = writeText(bytes, view, at, (values as readonly string[])[row]!);
      else if (types[column] === "float") at = writeFloat(view, at, (values as Float64Array)[row]!);
      else at = writeInteger(view, at, (values as Float64Array)[row]!);
    }
    chunk.at = at;
  }
  return length;
}

/** At most: three bytes for each UTF-16 unit of a text. */
function rowBytes(types: readonly CopyType[], { columns }: CopyBatch, row: number): number {
  let bytes = 2 + 12 * types.length;
  for (let column = 0; column < types.length; column++) {
    if (types[column] === "text") bytes += 3 * (columns[column] as readonly string[])[row]!.length;
  }
  return bytes;
}

function writeText(bytes: Buffer, view: DataView, at: number, text: string): number {
  const start = at + 4;
  let end = start;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      end = start + bytes.write(text, start);
      break;
    }
    bytes[end++] = code;
  }
  view.setInt32(at, end - start);
  return end;
}

function writeFloat(view: DataView, at: number, value: number): number {
  view.setInt32(at, 8);
  view.setFloat64(at + 4, value);
  return at + 12;
}

function writeInteger(view: DataView, at: number, value: number): number {
  if (Number.isNaN(value)) {
    view.setInt32(at, -1);
    return at + 4;
  }
  if (!Number.isSafeInteger(value)) {
    throw new TamisError("invalid_input", `${value} is no whole number between -2^53 and 2^53.`);
  }
  view.setInt32(at, 8);
  view.setInt32(at + 4, Math.floor(value / 2 ** 32));
  view.setUint32(at + 8, value >>> 0);
  return at + 12;
}
