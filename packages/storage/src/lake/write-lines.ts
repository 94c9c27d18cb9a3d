import { createReadStream } from "node:fs";
import type { Tamis } from "../open.ts";
import type { SourceDigest } from "./land.ts";
import type { RatingStage } from "./rating-stage.ts";
import { zones } from "./zones.ts";

/**
 * Writes which lines of the raw file were accepted: `lines.parquet` (`first_row`, `first_line`), one row a run
 * of lines that follow each other, in the order of the file; rows are counted from 0, before duplicates are resolved.
 * With it any row of a snapshot is found in the raw bytes again; the rows themselves are not stored twice.
 *
 * @param onNew - told the key before it is written, so that a failure can remove it.
 */
export async function writeLines(
  { objects }: Tamis,
  stage: RatingStage,
  digests: SourceDigest,
  onNew: (key: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await stage.writeParquet(
    `SELECT CAST(first_row AS BIGINT) - ${stage.formerRows} AS first_row, first_line FROM line_runs`,
    "lines.parquet",
  );
  const key = zones.processed(digests.source, "lines.parquet");
  onNew(key);
  await objects.put(key, createReadStream(file), signal ? { signal } : {});
}
