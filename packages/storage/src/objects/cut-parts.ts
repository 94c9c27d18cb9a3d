/** One part of a stream. Its bytes are valid until `release` is called. */
export interface Part {
  readonly bytes: Uint8Array;
  release(): void;
}

/** The parts of bytes that are in memory, which are not copied. */
export function* sliceParts(bytes: Uint8Array, size: number): Generator<Part> {
  for (let start = 0; start < bytes.byteLength; start += size) {
    yield { bytes: bytes.subarray(start, start + size), release() {} };
  }
}

/**
 * Cuts a stream into parts of `size` bytes, the last one shorter, in bounded memory: at most `ahead` parts are held
 * at a time, and the next is not begun before one of them is released.
 *
 * @returns no part at all for an empty stream.
 */
export async function* cutParts(
  source: AsyncIterable<Uint8Array>,
  size: number,
  ahead: number,
): AsyncGenerator<Part> {
  const free: Uint8Array[] = [];
  let made = 0;
  let onRelease = () => {};
  const take = async (): Promise<Uint8Array> => {
    if (free.length === 0 && made < ahead) {
      made++;
      return Buffer.allocUnsafeSlow(size);
    }
    while (free.length === 0) {
      await new Promise<void>((resolve) => {
        onRelease = resolve;
      });
    }
    return free.pop()!;
  };
  const part = (buffer: Uint8Array, length: number): Part => ({
    bytes: buffer.subarray(0, length),
    release() {
      free.push(buffer);
      onRelease();
    },
  });

  let buffer: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of source) {
    for (let start = 0; start < chunk.byteLength; ) {
      buffer ??= await take();
      const length = Math.min(size - filled, chunk.byteLength - start);
      buffer.set(chunk.subarray(start, start + length), filled);
      filled += length;
      start += length;
      if (filled === size) {
        yield part(buffer, size);
        [buffer, filled] = [undefined, 0];
      }
    }
  }
  if (buffer !== undefined) yield part(buffer, filled);
}
