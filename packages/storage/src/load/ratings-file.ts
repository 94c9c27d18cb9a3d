import { type Scale, TamisError, throwIfAborted, type Warehouse } from "@tamis/core";
import { delimitedRatings } from "./delimited-ratings.ts";
import { detectLayout, type LayoutOptions } from "./detect-layout.ts";
import { detectJson, jsonRatings } from "./json.ts";
import { type LineTexts, lineTexts } from "./line-texts.ts";
import { detectParquet, parquetRatings } from "./parquet.ts";
import type { RatingHandlers } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import type { ReadingThread } from "./reading-thread.ts";
import { sampleText } from "./sample-text.ts";
import { unpack } from "./unpack.ts";

/** The bytes of a file, wherever they are. */
export interface FileSource {
  /** How messages and rejects call it. */
  readonly name: string;
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
  /** A local file with the same bytes. */
  localPath(): Promise<string>;
  /** A local file for a reader elsewhere, and who is to be told the SHA-256 of its bytes at their end. */
  direct?(): Promise<{ readonly path: string; onDigest(sha256: string): void }>;
}

/** A ratings file of which everything but the scale is known; can be read as often as needed. */
export interface RatingsFile {
  /** What it was taken for: `delimited`, `json`, `parquet`. */
  readonly format: "delimited" | "json" | "parquet";
  /** Names of the columns it takes, in the file's own words; `column 3` where they have no names. */
  readonly columns: RatingColumnNames;
  read(scale: Scale, handlers: RatingHandlers, options?: ReadOptions): Promise<void>;
  /** Reads lines of the file again as they are; absent where a row is no line. */
  readonly lineTexts?: ((source: FileSource) => LineTexts) | undefined;
}

/** Which column is which; `time: null` when there is none. */
export interface RatingColumnNames {
  readonly user: string;
  readonly item: string;
  readonly rating: string;
  readonly time: string | null;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes read so far, of those on disk. */
  readonly onBytes?: ((done: number) => void) | undefined;
  /** Where a delimited file is read, when it is a local one. @default here */
  readonly thread?: ReadingThread | undefined;
}

/**
 * Finds out what a ratings file is, by its name and first bytes: Parquet, JSON (an array or one object a
 * line), else delimited text. Text may be gzip or Zstandard, and UTF-16 with a mark.
 *
 * @throws data_load, invalid_input: see `detectLayout`, `detectJson`, `detectParquet`
 */
export async function detectRatingsFile(
  source: FileSource,
  warehouse: Warehouse,
  options: LayoutOptions = {},
): Promise<RatingsFile> {
  const { name } = source;
  const plainName = name.toLowerCase().replace(/\.(?:gz|zst)$/, "");
  if (plainName.endsWith(".parquet")) {
    if (source.bytes === 0)
      throw new TamisError("data_load", `${name} is empty.`, { details: { file: name } });
    const path = await source.localPath();
    const layout = await detectParquet(warehouse, path, name, options.columns);
    return {
      format: "parquet",
      columns: columnNames(layout.map((column) => column?.slice(1, -1).replaceAll('""', '"') ?? null)),
      read: (scale, handlers, { signal } = {}) =>
        parquetRatings(warehouse, path, layout, name, scale, handlers, signal),
    };
  }
  const sample = await sampleText(unpack(source.open(), name));
  if (/\.(?:json|jsonl|ndjson)$/.test(plainName)) {
    const layout = detectJson(sample, name, options.columns);
    return {
      format: "json",
      columns: columnNames(layout.keys),
      read: (scale, handlers, readOptions) =>
        readText(source, jsonRatings(layout, name, scale, handlers), readOptions),
      lineTexts:
        layout.form === "lines" ? (file) => lineTexts(unpack(file.open(), name), "utf-8") : undefined,
    };
  }
  return delimitedRatingsFile(source, detectLayout(sample, name, options));
}

/** A delimited ratings file whose layout is known. */
export function delimitedRatingsFile(source: FileSource, layout: RatingLayout): RatingsFile {
  const { names, columns } = layout;
  const name = (index: number) => names?.[index] ?? `column ${index + 1}`;
  const time = columns.timestamp === null ? null : name(columns.timestamp);
  return {
    format: "delimited",
    columns: { user: name(columns.user), item: name(columns.item), rating: name(columns.rating), time },
    async read(scale, handlers, readOptions) {
      if (readOptions?.thread && source.direct) {
        const { path, onDigest } = await source.direct();
        const file = { path, name: source.name, layout, scale };
        return await readOptions.thread.read(file, handlers, { ...readOptions, onDigest });
      }
      await readText(source, delimitedRatings(layout, source.name, scale, handlers), readOptions);
    },
    lineTexts: (file) => lineTexts(unpack(file.open(), file.name), layout.encoding),
  };
}

function columnNames([user, item, rating, time]: readonly (string | null)[]): RatingColumnNames {
  return { user: user!, item: item!, rating: rating!, time: time ?? null };
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
  for await (const chunk of unpack(counted(), source.name)) reader.push(chunk);
  throwIfAborted(signal);
  reader.end();
}
