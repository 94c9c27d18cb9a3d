import { createHash } from "node:crypto";
import { throwIfAborted } from "@tamis/core";
import type { FileSource } from "../load/ratings-file.ts";
import type { ImportSource } from "./import-source.ts";

/** Digest of each file by its role, and of all with the settings. 64 hexadecimal digits each. */
export interface SourceDigest {
  readonly files: Readonly<Record<string, string>>;
  readonly source: string;
}

export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each piece that was read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Reads all files of a source once, for their digests: the same bytes with the same settings have the same. */
export async function digestSource(
  source: ImportSource,
  append: boolean,
  options: ReadingOptions,
): Promise<SourceDigest> {
  const files: Record<string, string> = {};
  for (const [role, file] of Object.entries(source.files)) files[role] = await digestFile(file, options);
  return withSettings(files, source, append);
}

/** The digests of files, and that of the source they make with its settings. */
export function withSettings(
  digests: Readonly<Record<string, string>>,
  source: Pick<ImportSource, "settings">,
  append: boolean,
): SourceDigest {
  const [files, settings] = [sorted(digests), sorted(source.settings)];
  const content = JSON.stringify({ append, files, settings });
  return { files, source: createHash("sha256").update(content).digest("hex") };
}

/** The SHA-256 of a file, which is read for it. */
export async function digestFile(file: FileSource, options: ReadingOptions): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOf(file, options)) hash.update(chunk);
  return hash.digest("hex");
}

/** The bytes of a file, counted on their way. */
export async function* chunksOf(
  file: FileSource,
  { signal, onBytes }: ReadingOptions,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of file.open()) {
    onBytes?.(chunk.length);
    throwIfAborted(signal);
    yield chunk;
  }
}

function sorted<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
