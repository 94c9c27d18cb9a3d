import { createHash } from "node:crypto";
import { TamisError } from "@tamis/core";
import type { FileSource } from "./ratings-file.ts";

/**
 * The bytes of a file, and at their end an error when they are not those of the digest.
 *
 * @throws data_load
 */
export async function* checkedBytes(
  file: Pick<FileSource, "name" | "open">,
  sha256: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of file.open()) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== sha256) throw fileChanged(file.name);
}

/** The error of a file whose bytes are not what they were when its digest was taken. */
export function fileChanged(name: string, cause?: unknown): TamisError {
  return new TamisError("data_load", `${name} changed while it was read. Import it again.`, {
    details: { file: name },
    cause,
  });
}
