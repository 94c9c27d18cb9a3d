import { isTamisError } from "@tamis/core";
import { sql } from "kysely";
import type { CopyBatch, CopyType } from "./binary-copy.ts";
import { copyRows } from "./copy-rows.ts";
import type { Records, Schema } from "./schema.ts";

/** Which table, and which rows of it the given ones replace. */
export interface CopyTarget {
  readonly into: keyof Schema;
  /** The columns that are given, in their order. */
  readonly columns: Readonly<Record<string, CopyType>>;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  /** SQL: which rows, called `present`, are replaced; the others stay, and none of the given has a key of theirs. @default all */
  readonly replaced?: string;
  /** What is done with a key that comes twice. */
  readonly repeated: "refused" | "last wins";
}

/**
 * Makes the given rows the rows of a table, in a transaction of an engine that can `copy`. No other writer comes in
 * between; readers go on seeing the former rows.
 *
 * An empty table that nobody reads at this moment is filled directly, its indexes built at the end. Else the rows go
 * to a staging table, and only what differs is changed.
 *
 * @throws conflict for a key that comes twice, where that is refused
 */
export async function replaceByCopy(
  transaction: Records,
  target: CopyTarget,
  batches: AsyncIterable<CopyBatch>,
): Promise<void> {
  await run(transaction, `lock table ${target.into} in share row exclusive mode`);
  if (await takeEmpty(transaction, target.into)) await fill(transaction, target, batches);
  else await merge(transaction, target, batches);
}

const run = async (transaction: Records, statement: string) => {
  await sql.raw(statement).execute(transaction);
};

/** Takes the table for this transaction alone, if it is empty, nobody is reading it and nothing refers to it. */
async function takeEmpty(transaction: Records, table: string): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`select not exists (select from ${sql.ref(table)})
    and not exists (select from pg_constraint where confrelid = ${table}::regclass) as free`.execute(
    transaction,
  );
  return (
    rows[0]!.free &&
    (await unless("unavailable", transaction, `lock table ${table} in access exclusive mode nowait`))
  );
}

async function fill(
  transaction: Records,
  target: CopyTarget,
  batches: AsyncIterable<CopyBatch>,
): Promise<void> {
  const { into } = target;
  const indexes = await indexesOf(transaction, into);
  for (const { remove } of indexes) await run(transaction, remove);
  // What is truncated and filled in one transaction needs neither a log of its rows nor a later freeze.
  await run(transaction, `truncate ${into}`);
  await copyRows(transaction, { into, columns: target.columns, freeze: true }, batches);
  for (const { make } of indexes) await makeIndex(transaction, target, into, make);
  await run(transaction, `analyze ${into}`);
}

/** The statements that remove each index of a table, and make it again; the primary key comes first. */
async function indexesOf(transaction: Records, table: string) {
  const { rows } = await sql<{ remove: string; make: string }>`
    select case when conname is null then format('drop index %s', indexrelid::regclass)
        else format('alter table %s drop constraint %I', indrelid::regclass, conname) end as remove,
      case when conname is null then pg_get_indexdef(indexrelid)
        else format('alter table %s add constraint %I %s', indrelid::regclass, conname,
          pg_get_constraintdef(pg_constraint.oid)) end as make
    from pg_index left join pg_constraint on conindid = indexrelid
    where indrelid = ${table}::regclass order by indisprimary desc, indexrelid`.execute(transaction);
  return rows;
}

async function merge(
  transaction: Records,
  target: CopyTarget,
  batches: AsyncIterable<CopyBatch>,
): Promise<void> {
  const { into, key, replaced = "true" } = target;
  const columns = Object.keys(target.columns);
  const values = columns.filter((column) => !key.includes(column));
  const from = (table: string, names: readonly string[]) =>
    names.map((name) => `${table}.${name}`).join(", ");
  const statements = [
    // By place: a row that is to go has no new one, a row that is to come has no old one.
    `create temporary table changes on commit drop as
       select present.ctid as old, staged.ctid as new
       from (select ctid, * from ${into} as present where ${replaced}) as present
       full join staged on (${from("present", key)}) = (${from("staged", key)})
       where present.ctid is null or staged.ctid is null
         or (${from("present", values)}) is distinct from (${from("staged", values)})`,
    "analyze changes",
    `delete from ${into} using changes where ${into}.ctid = old and new is null`,
    `update ${into} set ${values.map((name) => `${name} = staged.${name}`).join(", ")}
       from changes join staged on staged.ctid = new where ${into}.ctid = old`,
    `insert into ${into} (${columns.join(", ")}) select ${from("staged", columns)}
       from changes join staged on staged.ctid = new where old is null order by ${from("staged", key)}`,
    "drop table changes",
    "drop table staged",
  ];
  const like = `like ${into} including defaults including constraints`;
  await run(transaction, `create temporary table staged (${like}) on commit drop`);
  await copyRows(transaction, { into: "staged", columns: target.columns }, batches);
  await makeIndex(transaction, target, "staged", `alter table staged add primary key (${key.join(", ")})`);
  await run(transaction, "analyze staged");
  for (const statement of statements) await run(transaction, statement);
}

/** Rows lie in the order they came in, so that of a repeated key the last one is known. */
async function makeIndex(
  transaction: Records,
  { key, repeated }: CopyTarget,
  table: string,
  make: string,
): Promise<void> {
  if (repeated === "refused") return await run(transaction, make);
  if (await unless("conflict", transaction, make)) return;
  const place = `row_number() over (partition by ${key.join(", ")} order by ctid desc)`;
  await run(
    transaction,
    `delete from ${table} using (select ctid as row, ${place} as place from ${table}) as placed
     where ${table}.ctid = placed.row and placed.place > 1`,
  );
  await run(transaction, make);
}

/** Runs a statement; `false` when it fails with this code, the transaction being as it was. */
async function unless(code: string, transaction: Records, statement: string): Promise<boolean> {
  await run(transaction, "savepoint attempt");
  try {
    await run(transaction, statement);
    await run(transaction, "release savepoint attempt");
    return true;
  } catch (error) {
    if (!isTamisError(error) || error.code !== code) throw error;
    await run(transaction, "rollback to savepoint attempt");
    return false;
  }
}
