import type { RatingStage } from "./rating-stage.ts";

/**
 * Leaves one row of every pair of user and item in the stage: the one with the latest time, of equal or missing
 * times the last in the file, of exact copies of that one the first. It stays at its own place. Each of the others
 * becomes a reject `duplicate_pair` that names the line kept; rows of the former snapshot (line 0) that a newer file
 * replaces are no rejects.
 *
 * @param source - how rejects name the file.
 */
export async function resolveDuplicates(stage: RatingStage, source: string): Promise<void> {
  await stage.run(`CREATE TABLE repeated AS
    SELECT user_id, item_id FROM rows GROUP BY user_id, item_id HAVING count(*) > 1`);
  const [found] = await stage.query<{ pairs: bigint }>("SELECT count(*) AS pairs FROM repeated");
  if (Number(found?.pairs ?? 0) === 0) return;
  await stage.run(`CREATE TABLE losers AS
    SELECT * FROM (
      SELECT *, first_value(line) OVER best AS kept, row_number() OVER best AS rank
      FROM (
        SELECT rows.rowid AS place, user_id, item_id, rating, rated_at, line, max(rows.rowid) OVER copies AS last_copy
        FROM rows SEMI JOIN repeated USING (user_id, item_id)
        WINDOW copies AS (PARTITION BY user_id, item_id, rating, rated_at, line = 0)
      )
      WINDOW best AS (PARTITION BY user_id, item_id
        ORDER BY line = 0, CASE WHEN isnan(rated_at) THEN -1 ELSE rated_at END DESC, last_copy DESC, place)
    ) WHERE rank > 1`);
  const quoted = source.replaceAll("'", "''");
  await stage.run(`INSERT INTO rejects
    SELECT '${quoted}', line, 'duplicate_pair',
      'user ' || ${shown("user_id")} || ' rated item ' || ${shown("item_id")} || ' also on line ' || kept ||
        ', which is kept',
      concat_ws(',', ${shown("user_id")}, ${shown("item_id")}, rating,
        CASE WHEN isnan(rated_at) THEN NULL ELSE CAST(rated_at AS BIGINT) END)
    FROM losers WHERE line > 0 ORDER BY line`);
  // A new table, not a DELETE: rows packed anew give the same Parquet file, whatever was taken out.
  await stage.run(`CREATE TABLE kept_rows AS
    SELECT * FROM rows WHERE rowid NOT IN (SELECT place FROM losers) ORDER BY rowid`);
  await stage.run("DROP TABLE rows; ALTER TABLE kept_rows RENAME TO rows");
}

/** An id as it was written: a whole number without `.0`. */
function shown(column: string): string {
  return `CASE WHEN typeof(${column}) = 'DOUBLE' THEN CAST(TRY_CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}
