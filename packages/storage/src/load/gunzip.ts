import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TamisError } from "@tamis/core";

/**
 * The bytes of a file, unpacked when they are gzip (by their first two bytes, not by the name).
 *
 * @throws data_load when the gzip stream is damaged or cut
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
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
  if (!(first.value[0] === 0x1f && first.value[1] === 0x8b)) {
    yield* rest;
    return;
  }
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  pipeline(Readable.from(rest, { objectMode: false }), unpacked, () => {});
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } catch (cause) {
    if (!/^Z_/.test((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
    throw new TamisError("data_load", `${name} is a damaged or truncated gzip file.`, {
      details: { file: name },
      cause,
    });
  }
}
