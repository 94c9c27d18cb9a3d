import { createHash } from "node:crypto";
import { type ObjectStore, TamisError } from "@tamis/core";

/** What is known of an object since it was stored. */
export interface RegisteredObject {
  readonly key: string;
  readonly sha256: string | undefined;
  /** Its size; when it is not known, the buffer grows with what comes. */
  readonly bytes?: number;
}

/**
 * Reads an object as it was registered, or nothing. The bytes go straight from the stream into one buffer of the registered
 * size, so that a model of 2 GB takes 2 GB to load, not 4; what is longer is refused before it is in memory.
 *
 * @throws not_found when it is missing; corrupt_data when it is longer than registered, or its SHA-256 differs
 */
export async function readRegistered(
  objects: ObjectStore,
  { key, sha256, bytes }: RegisteredObject,
): Promise<Uint8Array> {
  const body = await objects.get(key);
  if (body === undefined) {
    throw new TamisError(
      "not_found",
      `${key} is missing in the object store. Restore it from a backup, promote another version, or train again.`,
      { details: { key } },
    );
  }
  const hash = createHash("sha256");
  let buffer = new Uint8Array(bytes ?? 65_536);
  let length = 0;
  for await (const chunk of body) {
    const needed = length + chunk.length;
    if (bytes !== undefined && needed > bytes) throw differs(key, `it has more than ${bytes} bytes`);
    if (needed > buffer.length) buffer = enlarged(buffer, Math.max(needed, 2 * buffer.length));
    buffer.set(chunk, length);
    hash.update(chunk);
    length = needed;
  }
  if (hash.digest("hex") !== sha256) throw differs(key, "its SHA-256 differs");
  return buffer.subarray(0, length);
}

function enlarged(buffer: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(buffer);
  return larger;
}

function differs(key: string, how: string): TamisError {
  return new TamisError(
    "corrupt_data",
    `${key} in the object store is not what was registered: ${how}. Restore it from a backup, promote ` +
      "another version, or train again.",
    { details: { key } },
  );
}
