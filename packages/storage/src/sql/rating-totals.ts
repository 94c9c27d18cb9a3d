import { sql } from "kysely";
import { bulkInsert } from "./bulk-insert.ts";
import { copyRows } from "./copy-rows.ts";
import { engineOf } from "./engine.ts";
import { searchKey } from "./items.ts";
import type { RatingBatch } from "./rating-batch.ts";
import type { Records } from "./schema.ts";

/** Number and sum of the ratings of each user and item, by stored id. */
export type Totals = Record<"users" | "items", Map<string, Total>>;
type Total = { ratings: number; sum: number };

/** Counts the rows [start, end) of a batch, but for those that `skipped` marks. */
export function addTotals(
  { users, items }: Totals,
  batch: RatingBatch,
  start: number,
  end: number,
  skipped?: Uint8Array,
): void {
  let userId: string | undefined;
  let user: Total = { ratings: 0, sum: 0 };
  for (let row = start; row < end; row++) {
    if (skipped?.[row]) continue;
    const rating = batch.ratings[row]!;
    // Most sources are sorted by user: look each one up once.
    if (batch.userIds[row] !== userId) {
      userId = batch.userIds[row]!;
      user = totalOf(users, userId);
    }
    add(user, 1, rating);
    add(totalOf(items, batch.itemIds[row]!), 1, rating);
  }
}

/** Counts `ratings` more (or fewer) of a pair, whose sum is `sum`. */
export function addRating(
  totals: Totals,
  userId: string,
  itemId: string,
  ratings: number,
  sum: number,
): void {
  add(totalOf(totals.users, userId), ratings, sum);
  add(totalOf(totals.items, itemId), ratings, sum);
}

/** Writes the totals; users and items that are not among them have none any more. */
export async function writeTotals(records: Records, totals: Totals): Promise<void> {
  const write = engineOf(records).copy ? copyTotals : insertTotals;
  await write(records, "users", totals.users);
  await write(records, "items", totals.items);
}

async function insertTotals(
  records: Records,
  table: "users" | "items",
  totals: Map<string, Total>,
): Promise<void> {
  await records.updateTable(table).set({ ratings: 0, rating_sum: 0 }).where("ratings", ">", 0).execute();
  const onConflict = "(id) do update set ratings = excluded.ratings, rating_sum = excluded.rating_sum";
  if (table === "users") {
    await bulkInsert(records, { into: "users", columns: ["id", "ratings", "rating_sum"], onConflict })(
      [...totals].flatMap(([id, { ratings, sum }]) => [id, ratings, sum]),
    );
    return;
  }
  const columns = ["id", "title", "title_search", "ratings", "rating_sum"] as const;
  await bulkInsert(records, { into: "items", columns, onConflict })(
    [...totals].flatMap(([id, { ratings, sum }]) => [id, id, searchKey(id), ratings, sum]),
  );
}

/** The same by way of a staging table: rows whose totals stay as they were are not touched. */
async function copyTotals(
  records: Records,
  table: "users" | "items",
  totals: Map<string, Total>,
): Promise<void> {
  const run = (statement: string) => sql.raw(statement).execute(records);
  await run(`create temporary table totals (id text collate "C", search text, ratings bigint,
    rating_sum double precision) on commit drop`);
  const ids = [...totals.keys()];
  const rows = [...totals.values()];
  const batch = {
    length: ids.length,
    columns: [
      ids,
      ids.map(searchKey),
      Float64Array.from(rows, ({ ratings }) => ratings),
      Float64Array.from(rows, ({ sum }) => sum),
    ],
  };
  const columns = { id: "text", search: "text", ratings: "integer", rating_sum: "float" } as const;
  await copyRows(records, { into: "totals", columns }, only(batch));
  const titles = table === "items" ? { columns: "title, title_search,", values: "id, search," } : undefined;
  await run("analyze totals");
  await run(`update ${table} set ratings = 0, rating_sum = 0 where ratings > 0
    and not exists (select from totals where totals.id = ${table}.id)`);
  await run(`insert into ${table} as present (id, ${titles?.columns ?? ""} ratings, rating_sum)
    select id, ${titles?.values ?? ""} ratings, rating_sum from totals
    on conflict (id) do update set ratings = excluded.ratings, rating_sum = excluded.rating_sum
    where (present.ratings, present.rating_sum) is distinct from (excluded.ratings, excluded.rating_sum)`);
  await run("drop table totals");
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
}

function totalOf(totals: Map<string, Total>, id: string): Total {
  let total = totals.get(id);
  if (total === undefined) {
    total = { ratings: 0, sum: 0 };
    totals.set(id, total);
  }
  return total;
}

function add(total: Total, ratings: number, sum: number): void {
  total.ratings += ratings;
  total.sum += sum;
}
