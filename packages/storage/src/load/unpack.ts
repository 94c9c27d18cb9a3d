import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TamisError } from "@tamis/core";
import { Decompress } from "fzstd";

/**
 * The bytes of a file, unpacked when they are gzip or Zstandard (by their first bytes, not by the name).
 *
 * @throws data_load when the packed stream is damaged or cut
 */
export async function* unpack(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const rest = (async function* () {
    try {
      yield first.value;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
  if (startsWith(first.value, gzipStart)) yield* gunzip(rest, name);
  else if (startsWith(first.value, zstdStart)) yield* unzstd(rest, name);
  else yield* rest;
}

const gzipStart = [0x1f, 0x8b];
const zstdStart = [0x28, 0xb5, 0x2f, 0xfd];

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  pipeline(Readable.from(chunks, { objectMode: false }), unpacked, () => {});
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } catch (cause) {
    if (!/^Z_/.test((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
    throw damaged(name, "gzip", cause);
  }
}

/** Node reads Zstandard by itself only from version 22.15 on. */
async function* unzstd(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const stream = new Decompress((chunk) => unpacked.push(chunk));
  const push = (chunk: Uint8Array, final: boolean) => {
    try {
      stream.push(chunk, final);
    } catch (cause) {
      throw damaged(name, "Zstandard", cause);
    }
    const given = unpacked;
    unpacked = [];
    return given;
  };
  for await (const chunk of chunks) yield* push(chunk, false);
  yield* push(new Uint8Array(0), true);
}

function damaged(name: string, form: string, cause: unknown): TamisError {
  return new TamisError("data_load", `${name} is a damaged or truncated ${form} file.`, {
    details: { file: name },
    cause,
  });
}
