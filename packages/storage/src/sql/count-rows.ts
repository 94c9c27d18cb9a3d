import { sql } from "kysely";
import type { TableRows } from "./engine.ts";
import { ownTables } from "./own-tables.ts";
import type { Records } from "./schema.ts";

/** The number of rows of each table, by name. */
export async function countRows(records: Records): Promise<TableRows> {
  const names = (await ownTables(records)).map(({ name }) => name).sort();
  const rows: Record<string, number> = {};
  for (const name of names) {
    const counted = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(records);
    rows[name] = Number(counted.rows[0]?.n);
  }
  return rows;
}

/** What differs between the rows that should be there and those that are; undefined when nothing does. */
export function differingRows(expected: TableRows, found: TableRows): string | undefined {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const name = names.find((each) => expected[each] !== found[each]);
  return name === undefined
    ? undefined
    : `${name}: ${found[name] ?? "no table"} instead of ${expected[name] ?? "no table"}`;
}
