import { basename } from "node:path";
import { Scale, TamisError } from "@tamis/core";
import { localFile } from "../load/local-file.ts";
import { detectRatingsFile } from "../load/ratings-file.ts";
import type { Tamis } from "../open.ts";
import type { ImportOptions, ImportResult } from "./import-options.ts";
import { runImport } from "./run-import.ts";

export interface ImportRatingsOptions extends ImportOptions {
  /** One or more characters between cells; `\t` may be written out. @default detected */
  readonly separator?: string | undefined;
  /**
   * Either roles by position (`user`, `item`, `rating`, `timestamp`; `_` skips a column) or column names in the
   * order user, item, rating, time. @default detected
   */
  readonly columns?: readonly string[] | undefined;
  /** Whether the first line names the columns. @default detected */
  readonly header?: boolean | undefined;
  /** Ratings outside it are refused. @default the lowest and highest rating of the file */
  readonly scale?: Scale | undefined;
}

/**
 * Imports any file of ratings (delimited text, JSON, JSON lines, Parquet; text may be gzip or Zstandard) and makes it the data
 * set, or adds it to the data set with `append`.
 *
 * Every row is accepted or kept as a reject with its line and reason. The same file again changes nothing; an
 * import that was interrupted, even by `kill -9`, left the former data set and is simply run again.
 *
 * @throws not_found, data_load (nothing can be made of the file), invalid_input (an option does not fit)
 * @throws conflict when another import is running; aborted, no_space: nothing was half-written
 */
export async function importRatings(
  tamis: Tamis,
  path: string,
  options: ImportRatingsOptions = {},
): Promise<ImportResult> {
  const { separator, columns, header, scale, encoding, duplicates } = checked(options);
  const file = await localFile(path);
  const layoutOptions = { separator, columns, header, encoding };
  const detected = await detectRatingsFile(file, tamis.warehouse, layoutOptions);
  const result = await runImport(
    tamis,
    {
      name: basename(path),
      path,
      layout: detected.format,
      files: { ratings: file },
      scale,
      settings: { ...layoutOptions, scale, duplicates: duplicates === "last" ? undefined : duplicates },
      openRatings: (files, warehouse) => detectRatingsFile(files.ratings!, warehouse, layoutOptions),
      openCatalogue: () => ({}),
    },
    options,
  );
  return { ...result, columns: detected.columns };
}

function checked(options: ImportRatingsOptions): ImportRatingsOptions {
  const separator = options.separator?.replaceAll("\\t", "\t");
  if (separator !== undefined && !/^[\t\x20\x21\x23-\x7e]+$/.test(separator)) {
    throw new TamisError(
      "invalid_input",
      `The separator ${JSON.stringify(options.separator)} cannot be used; give one or more ASCII characters, no quote.`,
    );
  }
  const scale = options.scale && Scale.safeParse(options.scale);
  if (scale && !scale.success) {
    const { min, max } = options.scale!;
    throw new TamisError(
      "invalid_input",
      `The scale ${min}..${max} is none: its minimum must be below its maximum.`,
    );
  }
  return { ...options, separator };
}
