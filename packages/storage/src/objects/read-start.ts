/** A body of which the beginning was read: all of it, or a stream that starts at its first byte again. */
export type ReadStart =
  | { readonly whole: true; readonly bytes: Uint8Array }
  | { readonly whole: false; readonly stream: AsyncIterable<Uint8Array> };

/** Reads a body up to `limit` bytes, to learn whether it is longer. */
export async function readStart(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  limit: number,
): Promise<ReadStart> {
  if (body instanceof Uint8Array) {
    return body.byteLength <= limit ? { whole: true, bytes: body } : { whole: false, stream: slices(body) };
  }
  const iterator = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return { whole: true, bytes: Buffer.concat(chunks) };
    chunks.push(value);
    bytes += value.byteLength;
    if (bytes > limit) return { whole: false, stream: continued(chunks, iterator) };
  }
}

const sliceBytes = 1_048_576;

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += sliceBytes) {
    yield bytes.subarray(start, start + sliceBytes);
  }
}

async function* continued(
  chunks: Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
