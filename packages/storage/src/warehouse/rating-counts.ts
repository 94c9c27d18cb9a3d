import {
  type CountedColumn,
  type CountTable,
  numericSample,
  type RatingCounts,
  type RatingWindow,
  TamisError,
  type WarehouseParameters,
} from "@tamis/core";
import { sql } from "kysely";
import { currentManifest, findManifest, verifiedPath } from "../lake/snapshot.ts";
import { zones } from "../lake/zones.ts";
import type { Tamis } from "../open.ts";
import { countStats } from "../sql/ratings.ts";
import type { Records } from "../sql/schema.ts";
import { currentSnapshot } from "../sql/snapshots.ts";

/** The most distinct values of a column. More numbers are rounded up to a grid; more labels are an identifier. */
const mostValues = 10_000;

/** The most ratings that came in since the import; older ones are left out. */
const mostLive = 100_000;

/** {@link RatingCounts} of the lake and the records, counted by the warehouse over Parquet. */
export function ratingCounts(tamis: Tamis): RatingCounts {
  const { records, warehouse } = tamis;
  const verified = new Set<string>();
  const rowsOf = (window: RatingWindow, prefix: string) => findRows(tamis, verified, window, prefix);
  return {
    currentSnapshot: async () => (await currentSnapshot(records))?.digest,
    async figures() {
      const { users, items, ratings, averageRating } = await countStats(records);
      return { avg_rating: averageRating ?? 0, num_users: users, num_movies: items, num_ratings: ratings };
    },
    async columns(window) {
      const rows = await rowsOf(window, "w");
      const columns: CountedColumn[] = [await countRatings(tamis, rows)];
      const genres = rows.items === undefined ? undefined : await countGenres(tamis, rows);
      if (genres !== undefined) columns.push(genres);
      const { size, missing } = columns[0]!.sample;
      return { snapshot: rows.snapshot, rows: size + missing, columns };
    },
    async ids(role, { reference, current }, mostIds) {
      const [first, second] = [await rowsOf(reference, "r"), await rowsOf(current, "c")];
      const counted = (rows: Rows) => `SELECT CAST(id AS VARCHAR) AS id, n FROM
        (SELECT ${role}_id AS id, CAST(count(*) AS DOUBLE) AS n FROM (${rows.sql}) GROUP BY ${role}_id)`;
      const statement = `WITH paired AS MATERIALIZED (
          SELECT id, coalesce(r.n, 0) AS reference, coalesce(c.n, 0) AS current
          FROM (${counted(first)}) AS r FULL JOIN (${counted(second)}) AS c USING (id))
        SELECT reference, current FROM paired
        WHERE hash(id) % (SELECT CAST(greatest(1, ceil(count(*) / ${mostIds})) AS UBIGINT) FROM paired) = 0
        ORDER BY id`;
      const [cells, reached] = await readNumbers(warehouse, statement, {
        ...first.parameters,
        ...second.parameters,
      });
      return { reference: cells, current: reached } as CountTable;
    },
    async scores({ after, upTo, last }) {
      let query = records.selectFrom("recommendations").select("mean_score");
      if (after !== undefined) query = query.where("at", ">", after);
      if (upTo !== undefined) query = query.where("at", "<=", upTo);
      const found = await query.orderBy("at", "desc").limit(last).execute();
      return numericSample(found.map(({ mean_score }) => mean_score));
    },
  };
}

/** Ratings as a SELECT of `user_id`, `item_id`, `rating`, with what it is bound to. */
interface Rows {
  readonly sql: string;
  readonly parameters: WarehouseParameters;
  readonly snapshot: string;
  /** Path of the snapshot's items, where it has some. */
  readonly items: string | undefined;
}

/**
 * @param verified - keys of the files whose bytes were checked: once is enough, for a snapshot never changes.
 * @param prefix - sets the parameters of two windows in one statement apart.
 */
async function findRows(
  tamis: Tamis,
  verified: Set<string>,
  window: RatingWindow,
  prefix: string,
): Promise<Rows> {
  const { objects, records } = tamis;
  const manifest =
    window.snapshot === undefined
      ? await currentManifest(tamis)
      : await findManifest(objects, window.snapshot);
  if (manifest === undefined) throw noSuch(window.snapshot);
  const pathOf = async (name: string) => {
    const file = manifest.files.find((each) => each.name === name);
    if (file === undefined) return undefined;
    const key = zones.curated(manifest.digest, name);
    if (verified.has(key)) return await objects.localPath(key);
    const path = await verifiedPath(objects, manifest.digest, file);
    verified.add(key);
    return path;
  };
  const path = (await pathOf("ratings.parquet"))!;
  const live = window.snapshot === undefined ? await liveRatings(records) : [];
  const { sql: all, parameters } = withLive(path, live, prefix);
  const since = window.since === undefined ? "" : `WHERE rated_at >= ${window.since.getTime() / 1000}`;
  const latest =
    window.last === undefined ? "" : `ORDER BY rated_at DESC NULLS LAST, place DESC LIMIT ${window.last}`;
  return {
    sql: `SELECT user_id, item_id, rating FROM (${all}) ${since} ${latest}`,
    parameters,
    snapshot: manifest.digest,
    items: await pathOf("items.parquet"),
  };
}

function withLive(path: string, live: readonly LiveRating[], prefix: string) {
  const file = `read_parquet($${prefix}_path, file_row_number = true)`;
  const kept = "rating, rated_at, file_row_number AS place";
  const parameters: WarehouseParameters = { [`${prefix}_path`]: path };
  if (live.length === 0) return { sql: `SELECT user_id, item_id, ${kept} FROM ${file}`, parameters };
  // The file has not seen what came in since: it takes the place of what the file says of the pair.
  const shape = '[{"user_id":"VARCHAR","item_id":"VARCHAR","rating":"DOUBLE","rated_at":"BIGINT"}]';
  const added = `SELECT unnest(from_json($${prefix}_live, '${shape}'), recursive := true)`;
  const texts = "CAST(user_id AS VARCHAR) AS user_id, CAST(item_id AS VARCHAR) AS item_id";
  return {
    sql: `SELECT * FROM (SELECT ${texts}, ${kept} FROM ${file}) ANTI JOIN (${added}) USING (user_id, item_id)
      UNION ALL SELECT user_id, item_id, rating, rated_at, ${2 ** 53} FROM (${added})`,
    parameters: { ...parameters, [`${prefix}_live`]: JSON.stringify(live) },
  };
}

interface LiveRating {
  readonly user_id: string;
  readonly item_id: string;
  readonly rating: number;
  readonly rated_at: number | null;
}

async function liveRatings(records: Records): Promise<LiveRating[]> {
  return await records
    .selectFrom("ratings")
    .select(["user_id", "item_id", "rating", "rated_at"])
    .where("source", "<>", sql.lit("import")) // by the index of these rows
    .where("source", "=", "api")
    .orderBy("rated_at", (order) => order.desc().nullsLast())
    .limit(mostLive)
    .execute();
}

async function countRatings({ warehouse }: Tamis, rows: Rows): Promise<CountedColumn> {
  const [facts] = await warehouse.query<{ distinct: number; low: number; high: number }>(
    `SELECT approx_count_distinct(rating) AS distinct, min(rating) AS low, max(rating) AS high FROM (${rows.sql})`,
    rows.parameters,
  );
  const { distinct, low, high } = facts!;
  // A power of two, so that the grids of two windows with other bounds fit into each other.
  const step = 2 ** Math.ceil(Math.log2((high - low) / mostValues));
  const value = distinct > mostValues * 0.9 ? `ceil(rating / ${step}) * ${step}` : "rating";
  const [values, counts] = await readNumbers(
    warehouse,
    `SELECT value, CAST(count(*) AS DOUBLE) FROM (SELECT ${value} AS value FROM (${rows.sql}))
      GROUP BY value ORDER BY value`,
    rows.parameters,
  );
  const size = counts.reduce((sum, count) => sum + count, 0);
  return { name: "rating", kind: "numbers", sample: { values, counts, size, missing: 0 } };
}

/** `undefined` where no item has a genre, or where genres are as many as identifiers. */
async function countGenres({ warehouse }: Tamis, rows: Rows): Promise<CountedColumn | undefined> {
  const found = await warehouse.query<{ label: string | null; rows: number }>(
    `SELECT label, sum(n) AS rows FROM
        (SELECT CAST(item_id AS VARCHAR) AS id, n FROM
          (SELECT item_id, count(*) AS n FROM (${rows.sql}) GROUP BY item_id))
      LEFT JOIN (SELECT CAST(item_id AS VARCHAR) AS id, nullif(array_to_string(genres, '|'), '') AS label
        FROM read_parquet($items)) USING (id)
      GROUP BY label ORDER BY label LIMIT ${mostValues + 2}`,
    { ...rows.parameters, items: rows.items! },
  );
  const labelled = found.filter(({ label }) => label !== null);
  if (labelled.length === 0 || labelled.length > mostValues) return undefined;
  const counts = new Map(labelled.map(({ label, rows: count }) => [label!, Number(count)]));
  const size = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const missing = Number(found.find(({ label }) => label === null)?.rows ?? 0);
  return { name: "genres", kind: "labels", sample: { counts, size, missing } };
}

/** Two columns of numbers. */
async function readNumbers(
  warehouse: Tamis["warehouse"],
  statement: string,
  parameters: WarehouseParameters,
): Promise<[Float64Array, Float64Array]> {
  const read: [number[], number[]] = [[], []];
  for await (const { rows, columns } of warehouse.columns(statement, parameters)) {
    const [first, second] = columns as [Float64Array, Float64Array];
    for (let row = 0; row < rows; row++) {
      read[0].push(first[row]!);
      read[1].push(second[row]!);
    }
  }
  return [Float64Array.from(read[0]), Float64Array.from(read[1])];
}

function noSuch(snapshot: string | undefined): TamisError {
  return new TamisError(
    "not_found",
    snapshot === undefined
      ? "There is no data set yet. Import one with: tamis import ratings FILE, or tamis import movielens FOLDER"
      : `There is no snapshot ${snapshot}. List them with: tamis lake list`,
  );
}
