import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TamisError } from "@tamis/core";
import { Decompress } from "fzstd";

/**
 * The bytes of a file, unpacked when they are gzip or Zstandard, and in UTF-8 when they are UTF-16 (by their first
 * bytes, not by the name).
 *
 * @throws data_load when the packed stream or the UTF-16 text is damaged or cut
 */
export async function* unpack(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const [start, packed] = await peek(chunks);
  const unpacked = startsWith(start, gzipStart)
    ? gunzip(packed, name)
    : startsWith(start, zstdStart)
      ? unzstd(packed, name)
      : packed;
  const [mark, text] = await peek(unpacked);
  if (startsWith(mark, utf16leMark)) yield* utf8(text, "utf-16le", name);
  else if (startsWith(mark, utf16beMark)) yield* utf8(text, "utf-16be", name);
  else yield* text;
}

const gzipStart = [0x1f, 0x8b];
const zstdStart = [0x28, 0xb5, 0x2f, 0xfd];
const utf16leMark = [0xff, 0xfe];
const utf16beMark = [0xfe, 0xff];

/** The first chunk, and all of them. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<[first: Uint8Array, all: AsyncGenerator<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const all = (async function* () {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
  return [first.done ? new Uint8Array(0) : first.value, all];
}

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

async function* utf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: "utf-16le" | "utf-16be",
  name: string,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decoded = (chunk?: Uint8Array) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (cause) {
      throw damaged(name, "UTF-16", cause);
    }
  };
  for await (const chunk of chunks) yield decoded(chunk);
  yield decoded();
}

function damaged(name: string, form: string, cause: unknown): TamisError {
  return new TamisError("data_load", `${name} is a damaged or truncated ${form} file.`, {
    details: { file: name },
    cause,
  });
}
