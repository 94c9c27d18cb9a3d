import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { postgresAbsent } from "../testing/temporary-database.ts";
import { onEveryEngine, temporaryPostgres } from "../testing/temporary-records.ts";
import { ownTables } from "./own-tables.ts";
import { schemaComments } from "./schema-comments.ts";

onEveryEngine((temporaryRecords) => {
  it("describes every table and column of the database, and no other", async () => {
    const tables = await ownTables(await temporaryRecords());
    const stored = tables.map(({ name, columns }) => [name, columns.map((column) => column.name).sort()]);
    const described = Object.entries(schemaComments).map(([name, { columns }]) => [
      name,
      Object.keys(columns).sort(),
    ]);
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(stored));
  });
});

describe.skipIf(postgresAbsent())(`in PostgreSQL ${postgresAbsent() ?? ""}`, () => {
  it("lie beside the tables and columns themselves", async () => {
    const records = await temporaryPostgres();
    const { rows } = await sql<{ table: string; column: string | null; comment: string | null }>`
      select relname as "table", attname as "column", coalesce(col_description(pg_class.oid, attnum),
        obj_description(pg_class.oid)) as comment
      from pg_class left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      where relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(records);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter(({ comment }) => comment === null)).toEqual([]);
    const { comment } = rows.find(({ table, column }) => table === "ratings" && column === "rated_at")!;
    expect(comment).toBe(schemaComments.ratings.columns.rated_at);
  });
});
