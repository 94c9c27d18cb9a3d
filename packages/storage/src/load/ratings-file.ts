import { type Scale, TamisError, throwIfAborted, type Warehouse } from "@tamis/core";
import { delimitedRatings } from "./delimited-ratings.ts";
import { detectLayout, type LayoutOptions } from "./detect-layout.ts";
import { gunzip } from "./gunzip.ts";
import { detectJson, jsonRatings } from "./json.ts";
import { type LineTexts, lineTexts } from "./line-texts.ts";
import { detectParquet, parquetRatings } from "./parquet.ts";
import type { RatingHandlers } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import { sampleText } from "./sample-text.ts";

/** The bytes of a file, wherever they are. */
export interface FileSource {
  /** How messages and rejects call it. */
  readonly name: string;
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
  /** A local file with the same bytes. */
  localPath(): Promise<string>;
}

/** A ratings file of which everything but the scale is known; can be read as often as needed. */
export interface RatingsFile {
  /** What it was taken for: `delimited`, `json`, `parquet`. */
  readonly format: "delimited" | "json" | "parquet";
  read(scale: Scale, handlers: RatingHandlers, options?: ReadOptions): Promise<void>;
  /** Reads lines of the file again as they are; absent where a row is no line. */
  readonly lineTexts?: ((source: FileSource) => LineTexts) | undefined;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes read so far, of those on disk. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

/**
 * Finds out what a ratings file is, by its name and first bytes: Parquet, JSON (an array or one object a
 * line), else delimited text. Text may be gzip.
 *
 * @throws data_load, invalid_input: see `detectLayout`, `detectJson`, `detectParquet`
 */
export async function detectRatingsFile(
  source: FileSource,
  warehouse: Warehouse,
  options: LayoutOptions = {},
): Promise<RatingsFile> {
  const { name } = source;
  const plainName = name.toLowerCase().replace(/\.gz$/, "");
  if (plainName.endsWith(".parquet")) {
    if (source.bytes === 0)
      throw new TamisError("data_load", `${name} is empty.`, { details: { file: name } });
    const path = await source.localPath();
    const layout = await detectParquet(warehouse, path, name, options.columns);
    return {
      format: "parquet",
      read: (scale, handlers, { signal } = {}) =>
        parquetRatings(warehouse, path, layout, name, scale, handlers, signal),
    };
  }
  const sample = await sampleText(gunzip(source.open(), name));
  if (/\.(?:json|jsonl|ndjson)$/.test(plainName)) {
    const layout = detectJson(sample, name, options.columns);
    return {
      format: "json",
      read: (scale, handlers, readOptions) =>
        readText(source, jsonRatings(layout, name, scale, handlers), readOptions),
      lineTexts:
        layout.form === "lines" ? (file) => lineTexts(gunzip(file.open(), name), "utf-8") : undefined,
    };
  }
  return delimitedRatingsFile(source, detectLayout(sample, name, options));
}

/** A delimited ratings file whose layout is known. */
export function delimitedRatingsFile(source: FileSource, layout: RatingLayout): RatingsFile {
  return {
    format: "delimited",
    read: (scale, handlers, readOptions) =>
      readText(source, delimitedRatings(layout, source.name, scale, handlers), readOptions),
    lineTexts: (file) => lineTexts(gunzip(file.open(), file.name), layout.encoding),
  };
}

/** Feeds the bytes of a text file, unpacked, to a reader. */
async function readText(
  source: FileSource,
  reader: { push(chunk: Uint8Array): void; end(): void },
  { signal, onBytes }: ReadOptions = {},
): Promise<void> {
  let done = 0;
  const counted = async function* () {
    for await (const chunk of source.open()) {
      throwIfAborted(signal);
      done += chunk.length;
      onBytes?.(done);
      yield chunk;
    }
  };
  for await (const chunk of gunzip(counted(), source.name)) reader.push(chunk);
  throwIfAborted(signal);
  reader.end();
}
