import { TamisError } from "@tamis/core";
import type { LineTexts } from "../load/line-texts.ts";
import { storedId } from "./id-kinds.ts";
import type { RatingStage } from "./rating-stage.ts";

/** What becomes of ratings of one pair of user and item in one source: see `resolveDuplicates`. */
export const duplicatePolicies = ["last", "mean", "sum", "error"] as const;

/** One of {@link duplicatePolicies}. */
export type DuplicatePolicy = (typeof duplicatePolicies)[number];

export interface DuplicateOptions {
  /** How rejects name the file. */
  readonly source: string;
  readonly policy: DuplicatePolicy;
  /** Opens the lines as they were read; absent when the file has none. */
  readonly openLines?: (() => LineTexts) | undefined;
}

/**
 * Leaves one row of every pair of user and item in the stage: the one with the latest time, of equal or missing
 * times the last in the file, of exact copies of that one the first. It stays at its own place. What becomes of the
 * others is the policy's to say:
 *
 * - `last`: each is a reject `duplicate_pair` that names the line kept;
 * - `mean`, `sum`: the row left has the mean or the sum of all ratings of the pair; nothing is refused;
 * - `error`: the whole file is refused.
 *
 * Rows of the former snapshot that a newer file replaces are no rejects, and count in no mean or sum.
 *
 * @returns rows of the source that were taken out.
 * @throws data_load with the policy `error`
 */
export async function resolveDuplicates(stage: RatingStage, options: DuplicateOptions): Promise<number> {
  if (!stage.mayRepeat()) return 0;
  await stage.run(`CREATE TABLE repeated AS
    SELECT user_id, item_id FROM rows GROUP BY user_id, item_id HAVING count(*) > 1`);
  if ((await count(stage, "repeated")) === 0) return 0;
  await rankCopies(stage);
  const takenOut = await count(stage, "ranked WHERE rank > 1 AND line > 0");
  if (options.policy === "error" && takenOut > 0) throw await refusal(stage, options.source);
  if (options.policy === "last") await rejectLosers(stage, options);
  else await mergeRatings(stage, options.policy === "sum" ? "sum" : "avg");
  // A new table, not a DELETE: rows packed anew give the same Parquet file, whatever was taken out.
  await stage.run(`CREATE TABLE kept_rows AS
    SELECT * FROM rows WHERE rowid NOT IN (SELECT place FROM ranked WHERE rank > 1) ORDER BY rowid`);
  await stage.run("DROP TABLE rows; ALTER TABLE kept_rows RENAME TO rows");
  return takenOut;
}

/** Makes the table `ranked` of all rows of repeated pairs, with their lines (0: former snapshot); rank 1 stays. */
async function rankCopies(stage: RatingStage): Promise<void> {
  await stage.run(`CREATE TABLE ranked AS
    WITH copies AS (
      SELECT place, user_id, item_id, rating, rated_at,
        CASE WHEN place < ${stage.formerRows} THEN 0
          ELSE CAST(first_line + (place - first_row) AS INTEGER) END AS line
      FROM (SELECT rows.rowid AS place, * FROM rows SEMI JOIN repeated USING (user_id, item_id))
        ASOF LEFT JOIN line_runs ON place >= first_row
    ), compared AS (
      SELECT *, max(place) OVER (PARTITION BY user_id, item_id, rating, rated_at, line = 0) AS last_copy FROM copies
    )
    SELECT *, first_value(line) OVER best AS kept, row_number() OVER best AS rank FROM compared
    WINDOW best AS (PARTITION BY user_id, item_id
      ORDER BY line = 0, CASE WHEN isnan(rated_at) THEN -1 ELSE rated_at END DESC, last_copy DESC, place)`);
}

async function rejectLosers(stage: RatingStage, { source, openLines }: DuplicateOptions): Promise<void> {
  const losers = `SELECT line, kept, ${shownId(stage, "user")}, ${shownId(stage, "item")},
      CAST(rating AS VARCHAR), CASE WHEN isnan(rated_at) THEN '' ELSE CAST(CAST(rated_at AS BIGINT) AS VARCHAR) END
    FROM ranked WHERE rank > 1 AND line > 0 ORDER BY line`;
  const lineTexts = openLines?.();
  for await (const { rows, columns } of stage.columns(losers)) {
    const [lines, kept] = columns as [Int32Array, Int32Array];
    const cells = columns.slice(2) as (readonly string[])[];
    for (let row = 0; row < rows; row++) {
      const line = lines[row]!;
      const rebuilt = cells.map((texts) => texts[row]).join(",");
      const [user, item] = [cells[0]![row], cells[1]![row]];
      stage.handlers.onReject({
        source,
        line,
        reason: "duplicate_pair",
        detail: `user ${user} rated item ${item} also on line ${kept[row]}, which is kept`,
        raw: (await lineTexts?.at(line)) ?? rebuilt,
      });
    }
  }
  await lineTexts?.close();
  await stage.flush();
}

async function mergeRatings(stage: RatingStage, aggregate: "avg" | "sum"): Promise<void> {
  await stage.run(`UPDATE rows SET rating = merged.rating FROM (
      SELECT min(place) FILTER (rank = 1) AS place, ${aggregate}(rating ORDER BY place) FILTER (line > 0) AS rating
      FROM ranked GROUP BY user_id, item_id HAVING count(*) FILTER (line > 0) > 1
    ) merged WHERE rows.rowid = merged.place`);
}

async function refusal(stage: RatingStage, source: string): Promise<TamisError> {
  const [first] = await stage.query<{ user: string; item: string; line: number; other: number }>(
    `SELECT ${shownId(stage, "user")} AS user, ${shownId(stage, "item")} AS item, max(line) AS line, min(line) AS other
    FROM ranked WHERE line > 0 GROUP BY user_id, item_id HAVING count(*) > 1 ORDER BY line LIMIT 1`,
  );
  const { user, item, line, other } = first!;
  return new TamisError(
    "data_load",
    `${source} has the pair of user ${user} and item ${item} on line ${other} and again on line ${line}. Correct the file, or say what counts with --duplicates last, mean or sum.`,
    { details: { file: source, line } },
  );
}

function shownId({ kinds }: RatingStage, role: "user" | "item"): string {
  return `CAST(${storedId(`${role}_id`, kinds[role])} AS VARCHAR)`;
}

async function count(stage: RatingStage, from: string): Promise<number> {
  const [counted] = await stage.query<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${from}`);
  return Number(counted!.rows);
}
